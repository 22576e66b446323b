// A contact's history as a file, with the filters of its page; and everything there is of it, for the contact itself.

import { noteDeed } from '../../core/audit/audit.ts'
import {
  readConsents,
  readEvents,
  readForwards,
  readHits,
  readMessages,
  readReviews,
  readSends,
  readVerdicts,
} from '../../core/contacts/contact-record.ts'
import { getContact } from '../../core/contacts/contact.ts'
import { listHistory } from '../../core/events/history.ts'
import type { HistoryPosition } from '../../core/events/history.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { findSuppression } from '../../core/suppressions/suppression.ts'
import { getTracking } from '../../core/tracking/consent.ts'
import { contactIdOf, historyQuery, parseContactQuery } from './contact-query.ts'
import { csvLine, download } from './download.ts'
import { eventJson, eventName } from './event-json.ts'
import { html } from './html.ts'
import { formField, renderPage } from './layout.ts'
import { withVerdicts } from './timeline.ts'
import type { JudgedEvent } from './timeline.ts'
import type { Member } from './visit.ts'

/** Read at a time. */
const perRead = 500

export async function downloadCsv(visit: Member): Promise<Response> {
  const contactId = await knownContact(visit)
  return download(`contact-${contactId}-events`, 'csv', csvText(visit, contactId))
}

export async function downloadJson(visit: Member): Promise<Response> {
  const contactId = await knownContact(visit)
  return download(`contact-${contactId}-events`, 'json', jsonText(visit, contactId))
}

// A file of a contact that is not there would be an empty one.
async function knownContact(visit: Member): Promise<number> {
  const { contactId } = await getContact(visit.app.db, visit.accountId, contactIdOf(visit))
  return contactId
}

async function* readPages(visit: Member, contactId: number): AsyncGenerator<JudgedEvent[]> {
  const query = historyQuery(contactId, parseContactQuery(visit.query), visit.look.zone)
  for (let after: HistoryPosition | undefined = query.after; ;) {
    const page = await listHistory(visit.app.db, visit.accountId, { ...query, after, limit: perRead })
    yield await withVerdicts(visit, contactId, page.events)
    if (!page.next) return
    after = page.next
  }
}

const columns = ['time', 'kind', 'campaign_id', 'campaign', 'url', 'code', 'status', 'message', 'by', 'server', 'message_id', 'verdict', 'reasons', 'recorded', 'id'] // oxfmt-ignore

async function* csvText(visit: Member, contactId: number): AsyncGenerator<string> {
  yield csvLine(columns)
  for await (const events of readPages(visit, contactId)) {
    const lines = events.map(
      (event) =>
      csvLine([
        new Date(event.at).toISOString(), event.kind, event.campaignId, event.campaignName, event.url, event.code, event.status,
        event.message, event.by, event.server, event.messageId, event.verdict?.verdict, event.verdict?.reasons.join(' '),
        new Date(event.recordedAt).toISOString(), eventName(event),
      ]), // oxfmt-ignore
    )
    yield lines.join('')
  }
}

async function* jsonText(visit: Member, contactId: number): AsyncGenerator<string> {
  let before = '['
  for await (const events of readPages(visit, contactId)) {
    if (events.length === 0) continue
    yield `${before}\n${events.map((event) => JSON.stringify(eventJson(event))).join(',\n')}`
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

export async function askExport(visit: Member): Promise<Response> {
  const { words } = visit
  const w = words.contact
  const contact = await getContact(visit.app.db, visit.accountId, contactIdOf(visit))
  const title = w.exportTitle(contact.email)
  const body = html`<section class="card">
    <form method="post" action="${visit.path}">
      <h1>${title}</h1>
      <p class="lead">${w.exportText}</p>
      ${formField(visit)}
      <div class="actions">
        <button class="primary">${w.exportButton}</button>
        <a class="button" href="/contacts/${contact.contactId}">${words.cancel}</a>
      </div>
    </form>
  </section>`
  return renderPage(visit, { title, place: 'contacts', body, isNarrow: true, crumbs: [[words.contacts.title, '/contacts'], [contact.email, `/contacts/${contact.contactId}`]] }) // oxfmt-ignore
}

export async function exportRecord(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  const contactId = await knownContact(visit)
  await noteDeed(app.db, accountId, { by: user, action: 'contact.export', subject: `contact ${contactId}` }, now)
  return download(`contact-${contactId}`, 'json', recordText(visit, contactId))
}

async function* recordText({ app: { db }, accountId }: Member, contactId: number): AsyncGenerator<string> {
  const { profile, ...contact } = await getContact(db, accountId, contactId)
  const tracking = await getTracking(db, accountId, contactId)
  yield `{\n"contact": ${JSON.stringify({ ...withTimes(contact), tracking, profile })}`
  yield `,\n"lists": ${JSON.stringify((await listMemberships(db, accountId, contactId)).map(withTimes))}`
  const suppression = await findSuppression(db, accountId, contact.email)
  yield `,\n"suppressions": ${JSON.stringify(suppression ? [withTimes(suppression)] : [])}`
  const sections: [name: string, rows: AsyncIterable<object>][] = [
    ['consents', readConsents(db, accountId, contactId)],
    ['sends', readSends(db, accountId, contactId)],
    ['messages', readMessages(db, accountId, contactId)],
    ['forwards', readForwards(db, accountId, contactId)],
    ['events', readEvents(db, accountId, contactId)],
    ['verdicts', readVerdicts(db, accountId, contactId)],
    ['hits', readHits(db, accountId, contactId)],
    ['bounceReviews', readReviews(db, accountId, { contactId, email: contact.email })],
  ]
  for (const [name, rows] of sections) {
    yield `,\n"${name}": [`
    let before = '\n'
    for await (const row of rows) {
      yield `${before}${JSON.stringify(withTimes(row))}`
      before = ',\n'
    }
    yield ']'
  }
  yield '\n}\n'
}

/** Times, whose names end in `At`, in words. */
function withTimes(row: object): object {
  const isTime = (name: string, value: unknown): value is number =>
    typeof value === 'number' && (name === 'at' || name.endsWith('At'))
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isTime(name, value) ? new Date(value).toISOString() : value]),
  )
}
