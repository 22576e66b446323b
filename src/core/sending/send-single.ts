// One message to one person, as the faces ask for it: finds or makes the contact and the campaign that keeps such messages.

import type { Db, Tx } from '../../db/db.ts'
import { InvalidInputError } from '../../errors.ts'
import { compileTemplate, TemplateError } from '../../mail/template.ts'
import type { TemplateUse } from '../../mail/template.ts'
import { findContactByEmail } from '../contacts/contact.ts'
import { importContact } from '../contacts/import-contact.ts'
import { findSender } from '../senders/sender.ts'
import { admitAddress } from '../suppressions/erased-addresses.ts'
import type { OutgoingKey } from './outgoing.ts'
import { findOrCreateTransactional, queueMessage, queueOnce } from './single-message.ts'
import type { SingleMessage } from './single-message.ts'

/** As long as the names of other campaigns. */
const maxStream = 80

export interface SingleSend extends Omit<SingleMessage, 'purpose'> {
  /** A normalized address. */
  to: string
  /** The name of the transactional campaign that such messages are kept under. */
  stream: string
}

/** `isNew` is false where the key had queued it before. */
type QueuedSingle = OutgoingKey & { sendId: string; isNew: boolean }

/**
 * Queues the message, once for each key. Throws InvalidInputError for an unknown sender or a template that is none, and
 * ConflictError when the key was used for another message.
 */
export function sendSingle(
  db: Db,
  accountId: number,
  message: SingleSend,
  key: string | undefined,
  now: number,
): Promise<QueuedSingle> {
  return db.transaction((tx) => sendSingleIn(tx, accountId, message, key, now))
}

/** The same within a transaction. */
export async function sendSingleIn(
  tx: Tx,
  accountId: number,
  { to, stream, ...message }: SingleSend,
  key: string | undefined,
  now: number,
): Promise<QueuedSingle> {
  if (message.html === undefined && message.text === undefined)
    throw new InvalidInputError('a message needs HTML or a text', 'html')
  if (stream.trim() === '' || stream.length > maxStream)
    throw new InvalidInputError(`the name of a stream has 1 to ${maxStream} characters`, 'stream')
  checkTemplate('subject', message.subject, 'header')
  checkTemplate('html', message.html, 'html')
  checkTemplate('text', message.text, 'text')
  if (!(await findSender(tx, accountId, message.from.email))?.verifiedAt)
    throw new InvalidInputError(`${message.from.email} is no verified address of this account`, 'from')
  const campaignId = await findOrCreateTransactional(tx, accountId, stream, now)
  const contactId = await findOrCreateContact(tx, accountId, to, now)
  const whole = { ...message, purpose: 'single' as const, campaignId, contactId }
  if (key !== undefined) return queueOnce(tx, accountId, key, whole, now)
  return { ...(await queueMessage(tx, accountId, whole, now)), isNew: true }
}

function checkTemplate(field: string, source: string | undefined, use: TemplateUse): void {
  try {
    compileTemplate(source ?? '', use)
  } catch (error) {
    if (error instanceof TemplateError) throw new InvalidInputError(`${field}: ${error.message}`, field)
    throw error
  }
}

// On no list: it asked for this message, and for nothing else.
async function findOrCreateContact(tx: Tx, accountId: number, email: string, now: number): Promise<number> {
  const held = await findContactByEmail(tx, accountId, email)
  if (held) return held.contactId
  await admitAddress(tx, accountId, email, 'customer')
  await importContact(tx, accountId, { email, status: 'removed', optInAt: null, optInSource: null }, now)
  return (await findContactByEmail(tx, accountId, email))!.contactId
}
