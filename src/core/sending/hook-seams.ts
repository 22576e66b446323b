// What the outbox knows of messages that a provider's webhook tells about, and what follows from their bounces. Given to the
// inbox by server.ts.

import { openMailToken } from '../bounces/open-token.ts'
import type { Keys } from '../bounces/open-token.ts'
import type { BounceCode } from '../events/event.ts'
import type { HookSeams } from '../inbox/apply-events.ts'
import { noteBounce } from '../suppressions/hold.ts'

/** Our id is the token that the message carried (providers.ts): it alone says whose message it was. */
export function makeHookSeams(keys: Keys, now: () => number): HookSeams {
  return {
    findSend: async (_tx, accountId, { sendId, contactId }) => {
      const fields = await openMailToken(keys, 'verp', sendId, 'base64url')
      const isOurs = fields?.accountId === accountId && fields.contactId === contactId
      return isOurs ? { campaignId: fields.campaignId, sendNo: fields.sendNo } : undefined
    },
    findContact: async (accountId, sendId) => {
      const fields = await openMailToken(keys, 'verp', sendId, 'base64url')
      return fields?.accountId === accountId ? fields.contactId : undefined
    },
    noteBounce: async (tx, accountId, { contactId, letter, severity, message, at, isCertain }) => {
      if (!isCertain) return
      await noteBounce(tx, accountId, { contactId, code: letter as BounceCode, severity, message, at }, now())
    },
  }
}
