// Many events or contacts at once: a JSON array, or a stream of lines of any length (NDJSON) of which a window at a time is
// in memory. Each item is answered for by itself, and sending it again changes nothing.

import { z } from 'zod'
import type { App } from '../../app.ts'
import { ingest } from '../../core/imports/ingest.ts'
import type { Ingested } from '../../core/imports/ingest.ts'
import { itemSchemas, LineError, parseItem } from '../../core/imports/line.ts'
import type { ItemType } from '../../core/imports/line.ts'
import { readLines } from '../../core/imports/read-lines.ts'
import type { ImportEntry } from '../../core/imports/read-lines.ts'
import { UnavailableError } from '../../errors.ts'
import { contactId } from './contact-json.ts'
import { eventName } from './event-json.ts'
import { Refusal } from './problem.ts'
import { parseJson, readText, requireType } from './read-request.ts'
import { ResultFile } from './result-file.ts'
import { route } from './route.ts'
import type { Asked, Route } from './route.ts'

const ndjson = 'application/x-ndjson'
/** Of a JSON array; lines have no such limit. */
const maxItems = 10_000
const maxBody = 8 * 2 ** 20
/** A client that sends nothing for so long is gone. In ms. */
const patience = 60_000
/** Streams taken in at once by one process: each has a window in memory. */
const maxStreams = 32

const result = z
  .strictObject({
    line: z.int().min(1).meta({ description: 'Which line, or which item of the array, from 1.' }),
    outcome: z.enum(['new', 'updated', 'same', 'rejected']).meta({
      description: '`same`: it is there already, just so.',
    }),
    id: z.string().optional().meta({ description: 'Of the event.' }),
    contactId: contactId.optional(),
    reason: z.string().optional().meta({ description: 'Why it was rejected.' }),
    column: z.int().optional().meta({ description: 'Where in the line, from 1.' }),
  })
  .meta({ id: 'IngestResult' })
const count = z.int().min(0)
const counts = z.strictObject({ lines: count, new: count, updated: count, same: count, rejected: count })
const lastLine = z
  .strictObject({ end: counts })
  .meta({ id: 'IngestEnd', description: 'The last line of results; without it something is missing.' })
const results = z.strictObject({ results: z.array(result), counts }).meta({ id: 'IngestResults' })

function bulkRoute(type: ItemType, path: string, operationId: string, summary: string, description: string): Route {
  const item = itemSchemas[type].meta({ id: type === 'event' ? 'NewEvent' : 'BulkContact' })
  return route({
    method: 'POST',
    path,
    operationId,
    tag: type === 'event' ? 'Events' : 'Contacts',
    summary,
    description: `${description}\n\nAs \`application/json\` an array of at most ${maxItems.toLocaleString('en')} items, as \`${ndjson}\` any number of lines. The answer is of the same type as the body, and has a result for each; that of lines ends with \`{"end": ...}\`. When the answer is a problem, or is lost, send all of it again: what is stored already is found to be the \`same\`.`,
    scope: 'write',
    reads: { 'application/json': z.array(item).max(maxItems), [ndjson]: item },
    answer: results,
    streams: { [ndjson]: z.union([result, lastLine]) },
    problems: [413, 415],
    handle: async (asked) => {
      const kind = requireType(asked.request, ['application/json', ndjson])
      using _stream = admit(asked.app)
      return await (kind === ndjson ? ingestLines(asked, type) : ingestArray(asked, type))
    },
  })
}

async function ingestArray(asked: Asked, type: ItemType): Promise<{ body: z.input<typeof results> }> {
  const values = parseJson(await readText(asked.request, maxBody))
  if (!Array.isArray(values)) throw new Refusal('invalid_input', 'the body must be an array')
  if (values.length > maxItems) throw new Refusal('too_large', `the array may have ${maxItems} items`)
  const entries = values.map((value, i) => toEntry(value, i + 1, type))
  const all: Ingested[] = []
  for await (const window of ingest(asked.app.db, asked.accountId, once(entries), asked.app.now)) all.push(...window)
  const sum = noCounts()
  for (const one of all) add(sum, one)
  return { body: { results: all.map(toJson), counts: sum } }
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}

function toEntry(value: unknown, line: number, type: ItemType): ImportEntry {
  try {
    return { line, end: 0, text: '', item: parseItem(value, '', type) }
  } catch (error) {
    if (error instanceof LineError) return { line, end: 0, text: '', problem: error }
    throw error
  }
}

async function ingestLines({ app, accountId, request }: Asked, type: ItemType): Promise<Response> {
  await using file = new ResultFile(app.config.dataDir)
  const sum = noCounts()
  const batches = readLines(chunksOf(request), { offset: 0, line: 0 }, type)
  for await (const window of ingest(app.db, accountId, batches, app.now)) {
    let text = ''
    for (const one of window) {
      add(sum, one)
      text += renderResult(one)
    }
    await file.write(text)
  }
  await file.write(`${JSON.stringify({ end: sum })}\n`)
  return new Response(await file.read(), { headers: { 'content-type': ndjson } })
}

// Reading goes on when a window is stored: a client that is faster waits.
async function* chunksOf(request: Request): AsyncGenerator<Buffer> {
  if (!request.body) return
  const reader = request.body.getReader()
  try {
    for (;;) {
      const next = reader.read()
      const { value, done } = await inTime(next)
      if (done) return
      yield Buffer.from(value.buffer, value.byteOffset, value.length)
    }
  } finally {
    // What is left is not read any more.
    await reader.cancel().catch(() => undefined)
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Refusal('invalid_input', `nothing came for ${patience / 1000} s`)),
    patience,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function toJson({ event, contactId: contact, ...rest }: Ingested): z.input<typeof result> {
  return {
    ...rest,
    ...(event && { id: eventName(contact!, event.kind, event.eventId) }),
    ...(contact !== undefined && { contactId: contact }),
  }
}

// A hundred thousand of them a second.
function renderResult(one: Ingested): string {
  const { line, outcome, event, contactId: contact } = one
  if (event) return `{"line":${line},"outcome":"${outcome}","id":"${eventName(contact!, event.kind, event.eventId)}","contactId":${contact}}\n` // oxfmt-ignore
  return `${JSON.stringify(toJson(one))}\n`
}

function noCounts(): z.input<typeof counts> {
  return { lines: 0, new: 0, updated: 0, same: 0, rejected: 0 }
}

function add(sum: z.input<typeof counts>, { outcome }: Ingested): void {
  sum.lines++
  sum[outcome]++
}

const streams = new WeakMap<App, number>()

function admit(app: App): Disposable {
  const running = streams.get(app) ?? 0
  if (running >= maxStreams) throw new UnavailableError('too many streams are being taken in')
  streams.set(app, running + 1)
  return { [Symbol.dispose]: () => void streams.set(app, streams.get(app)! - 1) }
}

export const ingestRoutes: readonly Route[] = [
  bulkRoute('event', '/events', 'ingestEvents', 'Take in events', 'Of a contact that is named by id or by address, and of a campaign; both must exist. An event is the same as another when its `key` is or, without one, when all of it is.'),
  bulkRoute('contact', '/contacts/bulk', 'ingestContacts', 'Take in contacts', 'Makes each contact, or brings the one of this address to what is given; lists are named, and made where they are new. Who opted out stays so.'),
] // oxfmt-ignore
