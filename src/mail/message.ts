// One message to one recipient, from its parts to the bytes. Called for each send; signing comes after (dkim.ts).

import { InvalidInputError } from '../errors.ts'
import { toWireAddress } from './address.ts'
import type { Mailbox } from './address.ts'
import { renderMailbox, renderText, renderValue } from './header-field.ts'
import { listHeaders } from './list-headers.ts'
import type { Header, ListHeaderInput } from './list-headers.ts'
import { buildParts, renderPart } from './mime-tree.ts'
import type { Attachment } from './mime-tree.ts'
import { isProviderHeader } from './providers.ts'

export interface MessageInput extends ListHeaderInput {
  from: Mailbox
  to: Mailbox
  replyTo?: Mailbox
  /** Line breaks in it become blanks, as in the names of mailboxes. */
  subject: string
  /** At least one of the two. */
  html?: string
  text?: string
  /** Without the brackets: `{send id}@{sending domain}`. */
  messageId: string
  /** Epoch ms. */
  date: number
  /** The VERP address; '' is the null sender. */
  envelopeFrom: string
  /** RFC 3461: what the relay's bounce should carry back to find the send. */
  envelopeId?: string
  /** What the author adds: none of those that are made here, none that a provider takes orders from. */
  headers?: readonly Header[]
  /** Of providers.ts. */
  providerHeaders?: readonly Header[]
  attachments?: readonly Attachment[]
}

/** For RelayConnection.send; the domain of both addresses is ASCII. */
export interface Envelope {
  from: string
  to: string
  /** There is no ASCII form of one of the addresses: the relay must know SMTPUTF8 (RFC 6531). */
  needsSmtpUtf8: boolean
  envelopeId?: string
}

export interface ComposedMessage {
  envelope: Envelope
  raw: Buffer
}

export interface MessageLimits {
  /** Bytes on the wire. */
  messageBytes: number
  /** Bytes of all attachments as they are, before base64 adds a third. */
  attachmentBytes: number
}

const messageLimits: MessageLimits = { messageBytes: 20 * 1024 * 1024, attachmentBytes: 10 * 1024 * 1024 }

/** RFC 5322 3.6: at most one of each, and these are made here or on the way. */
const ownFields =
  /^(from|to|cc|bcc|reply-to|sender|subject|date|message-id|mime-version|content-.*|return-path|dkim-signature|received|arc-.*|list-(id|unsubscribe.*)|feedback-id|x-send-id|cfbl-.*|auto-submitted)$/i

/**
 * Throws InvalidInputError, with the field, for what can't be put into a message: a control character in what programs
 * read, an address that is none, a part over its limit.
 */
export function composeMessage(input: MessageInput, limits: MessageLimits = messageLimits): ComposedMessage {
  const from = toWireAddress(input.from.address, 'from')
  const to = toWireAddress(input.to.address, 'to')
  const sender = input.envelopeFrom === '' ? undefined : toWireAddress(input.envelopeFrom, 'envelopeFrom')
  const replyTo = input.replyTo && toWireAddress(input.replyTo.address, 'replyTo')
  checkSizes(input, limits)
  const fields = [
    renderMailbox('From', input.from, from),
    ...(replyTo ? [renderMailbox('Reply-To', input.replyTo!, replyTo)] : []),
    renderMailbox('To', input.to, to),
    renderText('Subject', input.subject),
    `Date: ${renderDate(input.date)}`,
    `Message-ID: <${checkMessageId(input.messageId)}>`,
    ...listHeaders(input).map(([name, value]) => renderValue(name, value)),
    ...(input.headers ?? []).map(renderExtra),
    ...(input.providerHeaders ?? []).map(([name, value]) => renderValue(name, value)),
    'MIME-Version: 1.0',
    renderPart(buildParts(input)),
  ]
  const raw = Buffer.from(endLine(fields.join('\r\n')))
  if (raw.length > limits.messageBytes) throw tooLarge('message', limits.messageBytes, 'html')
  const needsSmtpUtf8 = [from, to, sender, replyTo].some((address) => address?.needsSmtpUtf8)
  const { envelopeId } = input
  if (envelopeId !== undefined && !/^[!-~]{1,100}$/.test(envelopeId))
    throw new InvalidInputError('an envelope id is of up to 100 characters without blanks', 'envelopeId')
  const envelope = {
    from: sender?.text ?? '',
    to: to.text,
    needsSmtpUtf8,
    ...(envelopeId !== undefined && { envelopeId }),
  }
  return { envelope, raw }
}

function checkSizes({ html, text, attachments = [] }: MessageInput, limits: MessageLimits): void {
  if (html === undefined && text === undefined) throw new InvalidInputError('a message has HTML or a text', 'html')
  const attached = attachments.reduce((sum, { content }) => sum + content.length, 0)
  if (attached > limits.attachmentBytes) throw tooLarge('attachments', limits.attachmentBytes, 'attachments')
  // Before it is encoded, which only adds to it.
  if ((html?.length ?? 0) + (text?.length ?? 0) > limits.messageBytes)
    throw tooLarge('message', limits.messageBytes, 'html')
}

function renderExtra([name, value]: Header): string {
  if (ownFields.test(name) || isProviderHeader(name))
    throw new InvalidInputError(`the header ${name} can't be set by itself`, 'headers')
  return /[^\x20-\x7e]/.test(value) && !/\p{Cc}/u.test(value) ? renderText(name, value) : renderValue(name, value)
}

/** RFC 5322 3.3, in UTC. */
function renderDate(at: number): string {
  const text = new Date(at).toUTCString()
  if (!text.endsWith(' GMT')) throw new InvalidInputError('the date of a message must be one', 'date')
  return text.replace('GMT', '+0000')
}

function checkMessageId(id: string): string {
  if (!/^[\w!#$%&'*+/=?^`{|}~.-]+@[\w.-]+$/.test(id) || id.length > 250)
    throw new InvalidInputError(`${JSON.stringify(id)} can't be a Message-ID`, 'messageId')
  return id
}

function endLine(text: string): string {
  return text.endsWith('\r\n') ? text : `${text}\r\n`
}

function tooLarge(what: string, bytes: number, field: string): InvalidInputError {
  return new InvalidInputError(`the ${what} is larger than ${Math.floor(bytes / 1024)} KiB`, field)
}
