// Reads an event line that is as nearly all are, three times as fast as the schema does; whatever is unusual, or wrong, it
// leaves to the schema (line.ts), and a property test holds both to the same answers.

import { maxGivenId } from '../../db/ids.ts'
import { allKinds, bounceCodes } from '../events/event.ts'
import type { BounceCode, EventKind } from '../events/event.ts'
import type { ImportedEvent } from './line.ts'

const kinds = new Set<unknown>(allKinds)
const codes = new Set<unknown>(bounceCodes)

// Days up to the 28th are in every month.
const usualTime =
  /^(19[7-9]\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z$/

/** Undefined for anything that the schema has to look at. */
export function readUsualEvent(value: unknown): ImportedEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const event: ImportedEvent = {
    kind: 'send', contactId: undefined, campaignId: 0, at: Number.NaN, url: undefined, code: undefined, message: undefined,
    messageId: undefined, key: undefined,
  } // oxfmt-ignore
  let kind: unknown
  for (const name in value) {
    const given = (value as Record<string, unknown>)[name]
    if (name === 'kind') kind = given
    else if (name === 'contact' && isId(given)) event.contactId = given
    else if (name === 'campaign' && isId(given)) event.campaignId = given
    else if (name === 'at' && typeof given === 'string' && usualTime.test(given)) event.at = Date.parse(given)
    else if (name === 'url' && isText(given, 8192)) event.url = given
    else if (name === 'code' && codes.has(given)) event.code = given as BounceCode
    else if (name === 'message' && isText(given, 4000)) event.message = given
    else if (name === 'messageId' && isText(given, 1000)) event.messageId = given
    else if (name === 'key' && isText(given, 500)) event.key = given
    else if (name !== 'type' || given !== 'event') return undefined
  }
  if (!kinds.has(kind) || event.contactId === undefined || event.campaignId === 0 || Number.isNaN(event.at))
    return undefined
  event.kind = kind as EventKind
  return event
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxGivenId
}

function isText(value: unknown, max: number): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= max && !value.includes('\0') && value.isWellFormed()
  )
}
