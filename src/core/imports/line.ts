// The import format, docs/import.md: one JSON object a line. The schema here is the one truth; its JSON Schema is
// generated from it (docs/import.schema.json). Read by import-file.ts and the documentation script.

import { z } from 'zod'
import { maxGivenId } from '../../db/ids.ts'
import { campaignStatuses, contentFields } from '../campaigns/campaign.ts'
import type { ContentField, ImportedCampaign } from '../campaigns/campaign.ts'
import { contactStatuses, profileFields } from '../contacts/contact.ts'
import type { Profile, ProfileField } from '../contacts/contact.ts'
import { parseEmail } from '../contacts/email.ts'
import type { ImportedContact } from '../contacts/import-contact.ts'
import { allKinds, bounceCodes } from '../events/event.ts'
import type { BounceCode, EventKind } from '../events/event.ts'
import { readUsualEvent } from './usual-event.ts'

const limits = { text: 500, note: 4000, message: 4000, url: 8192, body: 2_000_000, lists: 200 }

// Times that are written with four-digit years everywhere.
const middleOfTime = Date.UTC(2200, 0, 1) / 2

// Texts are stored well-formed and without NUL, which PostgreSQL could not hold.
const text = (max: number) =>
  z
    .string()
    .max(max)
    .overwrite((value) => value.toWellFormed().replaceAll('\0', '\ufffd'))
const id = z.int().min(1).max(maxGivenId)
const time = z.iso
  .datetime({ offset: true })
  .refine((text) => Math.abs(Date.parse(text) - middleOfTime) <= middleOfTime, 'outside of the years 1970 to 2199')
const email = z.string().max(1000)
const actionBy = z.enum(['contact', 'customer'])

const contactFields = {
  id: id.optional(),
  email,
  status: z.enum(contactStatuses).optional(),
  emailType: z.enum(['html', 'text']).optional(),
  firstName: text(limits.text).optional(),
  lastName: text(limits.text).optional(),
  confirmed: z.boolean().optional(),
  optInAt: time.optional(),
  optInSource: actionBy.optional(),
  optOutAt: time.optional(),
  optOutSource: actionBy.optional(),
  optOutReason: text(limits.message).optional(),
  createdAt: time.optional(),
  updatedAt: time.optional(),
  lists: z.array(text(255).min(1)).max(limits.lists).optional(),
  ...(Object.fromEntries(
    profileFields.map((field) => [field, text(field === 'note' ? limits.note : limits.text).optional()]),
  ) as OptionalTexts<ProfileField>),
}
const contactLine = z.strictObject({ type: z.literal('contact'), ...contactFields })

const campaignLine = z.strictObject({
  type: z.literal('campaign'),
  id,
  name: text(limits.text).min(1),
  kind: z.enum(['regular', 'transactional']).optional(),
  status: z.enum(campaignStatuses).optional(),
  date: time.optional(),
  editedAt: time.optional(),
  lastRunAt: time.optional(),
  nextRunAt: time.optional(),
  ...(Object.fromEntries(
    contentFields.map((field) => [field, text(limits.body).optional()]),
  ) as OptionalTexts<ContentField>),
})

const listLine = z.strictObject({ type: z.literal('list'), id, name: text(255).min(1) })

const eventFields = {
  kind: z.enum(allKinds as [EventKind, ...EventKind[]]),
  contact: id.optional(),
  email: email.optional(),
  campaign: id,
  at: time,
  url: text(limits.url).min(1).optional(),
  code: z.enum(bounceCodes as [BounceCode, ...BounceCode[]]).optional(),
  message: text(limits.message).optional(),
  by: actionBy.optional(),
  messageId: text(1000).min(1).optional(),
  status: text(50).min(1).optional(),
  server: text(500).min(1).optional(),
  tls: text(200).min(1).optional(),
  queueId: text(500).min(1).optional(),
  key: z.string().min(1).max(500).optional(),
}
const eventLine = z.strictObject({ type: z.literal('event'), ...eventFields })

/** One item where all are of a type, which need not be named then. */
export const itemSchemas = {
  event: z.strictObject({ type: z.literal('event').default('event'), ...eventFields }),
  contact: z.strictObject({ type: z.literal('contact').default('contact'), ...contactFields }),
} as const
export type ItemType = keyof typeof itemSchemas

export const importLine = z.discriminatedUnion('type', [contactLine, campaignLine, listLine, eventLine])

type OptionalTexts<Field extends string> = Record<Field, z.ZodOptional<z.ZodString>>

export interface ImportedEvent {
  kind: EventKind
  contactId?: number | undefined
  email?: string | undefined
  campaignId: number
  at: number
  url?: string | undefined
  code?: BounceCode | undefined
  message?: string | undefined
  by?: 'contact' | 'customer' | undefined
  messageId?: string | undefined
  status?: string | undefined
  server?: string | undefined
  tls?: string | undefined
  queueId?: string | undefined
  key?: string | undefined
}

/** What one line says, in the store's own terms. */
export type ImportItem =
  | { type: 'contact'; contact: ImportedContact }
  | { type: 'campaign'; campaign: ImportedCampaign }
  | { type: 'list'; list: { listId: number; name: string } }
  | { type: 'event'; event: ImportedEvent }

/** Why a line can't be taken; `column` counts characters from 1. */
export class LineError extends Error {
  override name = 'LineError'
  readonly column: number
  constructor(message: string, column: number) {
    super(message)
    this.column = column
  }
}

/** One line to its item, of this type where all are of one; throws LineError. */
export function parseLine(line: string, type?: ItemType): ImportItem {
  return parseItem(parseJson(line), line, type)
}

/** The same for a line that is no text any more; `line` is what it is shown as. */
export function parseItem(value: unknown, line: string, type?: ItemType): ImportItem {
  if (type === 'event' || isEvent(value)) {
    const event = readUsualEvent(value)
    if (event) return { type: 'event', event }
  }
  return checkItem(value, line, type)
}

function isEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'event'
}

/** What the schema makes of it; throws LineError. */
export function checkItem(value: unknown, line: string, type?: ItemType): ImportItem {
  const schema = type ? itemSchemas[type] : importLine
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const field = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0]
    throw new LineError(describe(issue, field), field === undefined ? 1 : columnOf(line, String(field)))
  }
  return toItem(parsed.data, line)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    const message = (error as Error).message
    const position = /position (\d+)/.exec(message)?.[1]
    throw new LineError(
      `not JSON: ${message.replace(/ \(line.*| in JSON at.*|,? ?"?\.\.\..*/s, '')}`,
      position === undefined ? line.length + 1 : Number(position) + 1,
    )
  }
}

function describe(issue: z.core.$ZodIssue, field: PropertyKey | undefined): string {
  if (issue.code === 'unrecognized_keys') return `"${String(field)}" is no field of this type`
  if (issue.code === 'invalid_union') return '"type" must be contact, campaign, list or event'
  return field === undefined ? issue.message : `"${String(field)}": ${issue.message}`
}

/** Where a field's name stands in a line of JSON, from 1. */
function columnOf(line: string, field: string): number {
  return Math.max(0, line.indexOf(JSON.stringify(field))) + 1
}

function toItem(data: z.infer<typeof importLine>, line: string): ImportItem {
  if (data.type === 'event') {
    const { type, contact, campaign, at, email: address, ...rest } = data
    if ((contact === undefined) === (address === undefined))
      throw new LineError('an event names its contact by either "contact" or "email"', 1)
    const who = address === undefined ? { contactId: contact } : { email: emailOf(address, line) }
    return { type, event: { ...rest, ...who, campaignId: campaign, at: Date.parse(at) } }
  }
  if (data.type === 'list') return { type: 'list', list: { listId: data.id, name: data.name } }
  if (data.type === 'campaign') return { type: 'campaign', campaign: toCampaign(data) }
  return { type: 'contact', contact: toContact(data, line) }
}

function toCampaign(data: z.infer<typeof campaignLine>): ImportedCampaign {
  const { id: campaignId, name, kind, status } = data
  const times = {
    datedAt: toTime(data.date),
    editedAt: toTime(data.editedAt),
    lastRunAt: toTime(data.lastRunAt),
    nextRunAt: toTime(data.nextRunAt),
  }
  return { campaignId, name, ...given({ kind, status, ...times }), content: given(pick(data, contentFields)) }
}

function toContact(data: z.infer<typeof contactLine>, line: string): ImportedContact {
  const {
    id: contactId,
    status,
    emailType,
    firstName,
    lastName,
    confirmed,
    optInSource,
    optOutSource,
    optOutReason,
    lists,
  } = data
  const times = {
    optInAt: toTime(data.optInAt),
    optOutAt: toTime(data.optOutAt),
    createdAt: toTime(data.createdAt),
    updatedAt: toTime(data.updatedAt),
  }
  const plain = given({
    contactId,
    status,
    emailType,
    firstName,
    lastName,
    confirmed,
    optInSource,
    optOutSource,
    optOutReason,
    lists,
  })
  return {
    email: emailOf(data.email, line),
    ...plain,
    ...given(times),
    profile: given(pick(data, profileFields)) as Profile,
  }
}

function emailOf(address: string, line: string): string {
  try {
    return parseEmail(address)
  } catch (error) {
    throw new LineError((error as Error).message, columnOf(line, 'email'))
  }
}

function toTime(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}
