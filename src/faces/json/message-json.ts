// A message of the outbox as the API shows it. Used by messages.ts and campaign-check.ts.

import { z } from 'zod'
import { parseEmail } from '../../core/contacts/email.ts'
import type { Recipient } from '../../core/sending/campaign-progress.ts'
import { getMessage } from '../../core/sending/outgoing-message.ts'
import { outgoingStates } from '../../core/sending/outgoing.ts'
import type { OutgoingKey } from '../../core/sending/outgoing.ts'
import type { Reader } from '../../db/db.ts'
import { InvalidInputError } from '../../errors.ts'
import { id, time, timeOrNull } from './schemas.ts'

export const messageState = z.enum(outgoingStates).meta({
  id: 'MessageState',
  description:
    '`pending`, `claimed`, `in-flight`: on its way. `deferred`: refused for now, to be tried again. `accepted`: a server took it over. `failed`: refused for good. `unknown`: the line broke when it may or may not have been taken. `skipped`, `held`: not sent because of the contact, or because mail to it came back. `cancelled`: by the owner.',
})

export const message = z
  .strictObject({
    id: z.string().meta({ description: 'Names its campaign, its contact and a number.', examples: ['1100537019381-32-1'] }),
    campaign: id,
    contact: z.int().min(0).meta({ description: 'Id of the contact; 0 of a test that is nobody’s.' }),
    state: messageState,
    attempts: z.int().min(0),
    nextTryAt: time.nullable().meta({ description: 'Null when it is over, or somebody is at it.' }),
    endedAt: time.nullable(),
    reply: z.string().nullable().meta({ description: 'Why, or the last words of the server.' }),
    status: z.string().nullable().meta({ description: 'The enhanced status code (RFC 3463), such as `5.1.1`.' }),
  })
  .meta({ id: 'Message' }) // oxfmt-ignore

export function messageJson(key: OutgoingKey, state: Omit<Recipient, 'contactId' | 'sendNo'>): z.input<typeof message> {
  return {
    id: messageNameOf(key),
    campaign: key.campaignId,
    contact: key.contactId,
    state: state.state,
    attempts: state.attempts,
    nextTryAt: timeOrNull(state.dueAt),
    endedAt: timeOrNull(state.endedAt),
    reply: state.reply,
    status: state.status,
  }
}

/** Throws NotFoundError. */
export async function showMessage(db: Reader, accountId: number, key: OutgoingKey): Promise<z.input<typeof message>> {
  return messageJson(key, await getMessage(db, accountId, key))
}

export function messageNameOf({ campaignId, contactId, sendNo }: OutgoingKey): string {
  return `${campaignId}-${contactId}-${sendNo}`
}

/** An address in the field of this name. Throws InvalidInputError. */
export function readAddress(field: string, text: string): string {
  try {
    return parseEmail(text)
  } catch (error) {
    if (error instanceof InvalidInputError) throw new InvalidInputError(error.message, field)
    throw error
  }
}

/** Undefined for what names no message. */
export function parseMessageName(name: string): OutgoingKey | undefined {
  const [, campaignId, contactId, sendNo] = /^(\d{1,15})-(\d{1,15})-(\d{1,9})$/.exec(name) ?? []
  if (campaignId === undefined) return undefined
  return { campaignId: Number(campaignId), contactId: Number(contactId), sendNo: Number(sendNo) }
}
