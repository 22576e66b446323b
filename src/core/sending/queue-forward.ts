// What readers send on to friends, on its way into the outbox. Given to the readers' pages by app.ts.

import type { QueueForward } from '../forwards/forward.ts'
import { queueMessage } from './single-message.ts'

/** The friend's address is gone from the outbox as soon as the message is handed over or given up. */
export function makeQueueForward(now: () => number): QueueForward {
  return async (tx, accountId, { campaignId, contactId, to, subject, html, text, from }) => {
    const message = { purpose: 'forward' as const, campaignId, contactId, recipient: to, subject, html, text, from }
    await queueMessage(tx, accountId, message, now())
  }
}
