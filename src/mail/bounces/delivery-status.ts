// Delivery reports for programs (RFC 3464; RFC 6533 where addresses are international), read as they are in the wild.
// Called by parse-report.ts.

import { findAddresses } from './addresses.ts'
import { fieldValue, parseFieldBlocks, unfold } from './fields.ts'
import type { Field } from './fields.ts'

export interface DeliveryStatus {
  /** RFC 3464 2.2.1: the ENVID that came with the message. */
  envelopeId: string | undefined
  reportingMta: string | undefined
  /** Some servers repeat the message's own id here. */
  messageId: string | undefined
  recipients: RecipientStatus[]
}

export interface RecipientStatus {
  finalRecipient: string | undefined
  originalRecipient: string | undefined
  action: Action | undefined
  /** As reported, without its comment. */
  status: string | undefined
  /** The comment behind the status: sometimes the only reason given. */
  comment: string | undefined
  remoteMta: string | undefined
  /** The type before the semicolon, such as `smtp` or `x-unix`, and the text behind it. */
  diagnosticType: string | undefined
  diagnostic: string | undefined
  /** What PowerMTA takes the reason for. */
  category: string | undefined
}

type Action = 'failed' | 'delayed' | 'delivered'

/** The fields of one recipient (RFC 3464 2.3). */
const recipientFields = new Set([
  'final-recipient',
  'original-recipient',
  'x-actual-recipient',
  'action',
  'status',
  'remote-mta',
  'diagnostic-code',
  'last-attempt-date',
  'will-retry-until',
  'final-log-id',
  'x-powermta-bouncecategory',
])
const recipientNames = ['final-recipient', 'original-recipient', 'x-actual-recipient']

/** Finds the fields wherever they stand in the text: some servers put them into the notice, between other lines. */
export function parseDeliveryStatus(text: string): DeliveryStatus {
  const message: Field[] = []
  const groups: Field[][] = []
  for (const block of parseFieldBlocks(text)) {
    let isNew = true
    for (const field of block) {
      if (!recipientFields.has(field.name)) {
        message.push(field)
        continue
      }
      if (startsRecipient(field, block, groups.at(-1), isNew)) groups.push([])
      isNew = false
      groups.at(-1)?.push(field)
    }
  }
  return {
    envelopeId: fieldValue(message, 'original-envelope-id') || undefined,
    reportingMta: afterType(fieldValue(message, 'reporting-mta')),
    messageId: fieldValue(message, 'x-original-message-id') || undefined,
    recipients: groups.filter(namesRecipient).map(toRecipient),
  }
}

/** A field begins the next recipient where it is the first of a block that names one, or where the last one has it. */
function startsRecipient(
  { name }: Field,
  block: readonly Field[],
  last: readonly Field[] | undefined,
  isNew: boolean,
): boolean {
  if (!last) return true
  if (isNew && namesRecipient(block)) return namesRecipient(last)
  return name !== 'diagnostic-code' && name !== 'remote-mta' && last.some((field) => field.name === name)
}

function namesRecipient(fields: readonly Field[]): boolean {
  return fields.some(({ name }) => recipientNames.includes(name))
}

function toRecipient(fields: readonly Field[]): RecipientStatus {
  const final = recipientAddress(fieldValue(fields, 'final-recipient'))
  const original = recipientAddress(fieldValue(fields, 'original-recipient'))
  const actual = recipientAddress(fieldValue(fields, 'x-actual-recipient'))
  const [, status, comment] =
    /^[^\d]{0,20}(\d\.\d{1,3}\.\d{1,3})?\s*(.*)$/s.exec(fieldValue(fields, 'status') ?? '') ?? []
  const diagnostic = readDiagnostic(fields)
  return {
    finalRecipient: final ?? actual ?? original,
    originalRecipient: original,
    action: parseAction(fieldValue(fields, 'action'), status),
    status,
    comment: comment?.slice(0, 500).replaceAll(/^[(\s]+|[)\s]+$/g, '') || undefined,
    remoteMta: afterType(fieldValue(fields, 'remote-mta')),
    diagnosticType: diagnostic?.type,
    diagnostic: diagnostic?.text,
    category: fieldValue(fields, 'x-powermta-bouncecategory'),
  }
}

/** `rfc822; a@b`, also without a type, in brackets, or with words around. */
function recipientAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = value.replace(/^[\w.-]{1,20}\s*;/, '')
  // RFC 6533 writes what ASCII can't hold as \x{...}.
  const decoded = text.replaceAll(/\\x\{([0-9a-f]{1,6})\}/gi, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16)
    return point <= 0x10_ff_ff ? String.fromCodePoint(point).toWellFormed() : whole
  })
  return findAddresses(decoded)[0]?.address
}

const actions: readonly (readonly [Action, RegExp])[] = [
  ['failed', /^(?:fail|undeliver|expired|error|bounce|permanent|reject|not.?deliver)/],
  ['delayed', /^(?:delay|defer|transient|warning|retry)/],
  ['delivered', /^(?:deliver|relay|expand|success|sent)/],
]

function parseAction(word: string | undefined, status: string | undefined): Action | undefined {
  const known = actions.find(([, pattern]) => pattern.test((word ?? '').toLowerCase()))?.[0]
  if (known) return known
  if (status === undefined) return undefined
  return status.startsWith('2') ? 'delivered' : 'failed'
}

/** Domino folds in the middle of a word, with one blank; others fold between words. */
function readDiagnostic(fields: readonly Field[]): { type: string | undefined; text: string } | undefined {
  const values = fields
    .filter(({ name }) => name === 'diagnostic-code')
    .map(({ value }) => (/^x-notes/i.test(value) ? value.replaceAll('\n', '') : unfold(value)))
  if (values.length === 0) return undefined
  const [, type, text] = /^(?:([a-z][\w.-]{0,30})\s*;)?(.*)$/is.exec(values.join(' ')) ?? []
  return { type: type?.toLowerCase(), text: (text ?? '').trim() }
}

function afterType(value: string | undefined): string | undefined {
  const name = value?.replace(/^[\w.-]{1,20}\s*;\s*/, '').trim()
  return name === '' ? undefined : name
}
