// Everything that is kept of a contact as one JSON document, written as the rows come: there may be more than fit into
// memory. Used by privacy.ts.

import { readConsents, readEvents, readHits, readSends, readVerdicts } from '../../core/contacts/contact-record.ts'
import { getContactEmail } from '../../core/contacts/contact.ts'
import { findSuppression } from '../../core/suppressions/suppression.ts'
import type { Reader } from '../../db/db.ts'
import { showContact } from './contact-json.ts'
import { eventJson, eventName } from './event-json.ts'
import { timeText } from './schemas.ts'

/** Throws NotFoundError before anything is sent. */
export async function exportContact(db: Reader, accountId: number, contactId: number): Promise<Response> {
  const contact = await showContact(db, accountId, contactId)
  const email = await getContactEmail(db, accountId, contactId)
  const suppression = await findSuppression(db, accountId, email)
  const start = { contact, suppressions: suppression ? [withTimes(suppression)] : [] }
  const parts = render(start, sectionsOf(db, accountId, contactId))
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => void (await parts.return(undefined)),
  })
  return new Response(body, {
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="contact-${contactId}.json"`,
    },
  })
}

const encoder = new TextEncoder()
type Section = [name: string, rows: AsyncIterable<object>]

function sectionsOf(db: Reader, accountId: number, contactId: number): Section[] {
  return [
    ['consents', mapped(readConsents(db, accountId, contactId), withTimes)],
    ['sends', mapped(readSends(db, accountId, contactId), withTimes)],
    ['events', mapped(readEvents(db, accountId, contactId), (event) => eventJson(event, undefined))],
    [
      'verdicts',
      mapped(readVerdicts(db, accountId, contactId), ({ kind, eventId, ...verdict }) => {
        return { event: eventName(contactId, kind, eventId), ...withTimes(verdict) }
      }),
    ],
    ['hits', mapped(readHits(db, accountId, contactId), withTimes)],
  ]
}

/** Sent together, so that not every row is a chunk. In characters. */
const partSize = 16_384

async function* render(start: object, sections: readonly Section[]): AsyncGenerator<string, undefined> {
  let part = JSON.stringify(start).slice(0, -1)
  for (const [name, rows] of sections) {
    part += `,"${name}":[`
    let separator = ''
    for await (const row of rows) {
      part += separator + JSON.stringify(row)
      separator = ','
      if (part.length < partSize) continue
      yield part
      part = ''
    }
    part += ']'
  }
  yield `${part}}\n`
  return undefined
}

async function* mapped<Row>(rows: AsyncIterable<Row>, toJson: (row: Row) => object): AsyncGenerator<object> {
  for await (const row of rows) yield toJson(row)
}

/** Times, whose names end in `At`, in words. */
function withTimes(row: object): object {
  const isTime = (name: string, value: unknown): value is number =>
    typeof value === 'number' && (name === 'at' || name.endsWith('At'))
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isTime(name, value) ? timeText(value) : value]),
  )
}
