// GET /campaigns/{id}/recipients: who opened, who did not, who clicked, whose mail came back; as a page and as a file.

import { listCampaignHistory } from '../../core/events/campaign-history.ts'
import { bounceDescriptions } from '../../core/events/event.ts'
import type { EventKind } from '../../core/events/event.ts'
import { listRecipients } from '../../core/campaigns/recipients.ts'
import type { RecipientOutcome } from '../../core/campaigns/recipients.ts'
import { campaignHead, campaignOf } from './campaign-tabs.ts'
import { csvLine, download } from './download.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { renderPage } from './layout.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const outcomes = {
  sent: 'send',
  delivered: 'delivery',
  opened: 'open',
  'not-opened': undefined,
  clicked: 'click',
  bounced: 'bounce',
  complained: 'complaint',
  unsubscribed: 'optout',
  forwarded: 'forward',
} as const satisfies Record<string, EventKind | undefined>
type Outcome = keyof typeof outcomes
const outcomeNames = Object.keys(outcomes) as Outcome[]

/** Of these it matters who, so that each contact is there once; of the others each event has something to say. */
const each: Readonly<Partial<Record<Outcome, RecipientOutcome>>> = {
  sent: 'sent',
  delivered: 'delivered',
  opened: 'opened',
  'not-opened': 'notOpened',
}

const perPage = 50
/** Read for a file at a time. */
const perRead = 500

interface Line {
  contactId: number
  email: string
  at: number
  what: string
}

interface Page {
  lines: Line[]
  next: { eventId: number; contactId: number } | undefined
}

export async function showRecipients(visit: Member): Promise<Response> {
  const { words, query } = visit
  const w = words.campaigns
  const campaign = await campaignOf(visit)
  const outcome = outcomeNames.find((one) => one === query.get('outcome')) ?? 'opened'
  const after = readPosition(query.get('after'))
  const page = await readPage(visit, campaign.campaignId, outcome, after, perPage)
  const base = `/campaigns/${campaign.campaignId}/recipients`
  const body = html`${campaignHead(visit, campaign, 'recipients')}
    <div class="card flush">
      <div class="bar">
        <nav class="chips" aria-label="${w.outcomesLabel}">
          ${outcomeNames.map(
            (one) =>
              html`<a href="${base}?outcome=${one}" ${outcomes[one] ? html`data-kind="${outcomes[one]}"` : nothing} ${one === outcome ? html`aria-current="true"` : nothing}>${w.outcomes[one]}</a>`, // oxfmt-ignore
          )}
        </nav>
        <a class="button tight" href="${base}.csv?outcome=${outcome}" download>${icon('download')}${w.download}</a>
      </div>
      ${page.lines.length === 0 && !page.next ? nobody(visit) : table(visit, page.lines)}
      ${pager(visit, `${base}?outcome=${outcome}`, page, after !== undefined)}
    </div>`
  return renderPage(visit, { title: campaign.name, place: 'campaigns', body, crumbs: [[w.title, '/campaigns']] })
}

function nobody({ words }: Member): Html {
  return html`<div class="empty">
    ${icon('contacts')}
    <h2>${words.campaigns.nobody}</h2>
    <p>${words.campaigns.nobodyText}</p>
  </div>`
}

function table({ words, look }: Member, lines: readonly Line[]): Html {
  const w = words.campaigns.recipientColumns
  const hasWhat = lines.some(({ what }) => what !== '')
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.contact}</th>
          <th scope="col">${w.at}</th>
          ${hasWhat ? html`<th scope="col">${w.what}</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${lines.map(
          ({ contactId, email, at, what }) =>
            html`<tr>
              <th scope="row"><a href="/contacts/${contactId}">${email}</a></th>
              <td>${timeElement(at, look.zone)}</td>
              ${hasWhat ? html`<td class="quiet">${what}</td>` : nothing}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function pager({ words }: Member, base: string, { lines, next }: Page, isLater: boolean): Html | string {
  if (!next && !isLater) return nothing
  return html`<nav class="pager" aria-label="${words.next}">
    <span>${isLater ? html`<a href="${base}">${words.first}</a>` : nothing}</span>
    ${
      next
        ? html`<a class="button tight" rel="next" href="${base}&after=${next.eventId}-${next.contactId}"
            >${lines.length < perPage ? words.campaigns.lookFurther : words.next}</a
          >`
        : nothing
    }
  </nav>`
}

function readPosition(text: string | null): Page['next'] {
  const [, eventId, contactId] = /^(\d{1,16})-(\d{1,16})$/.exec(text ?? '') ?? []
  return eventId === undefined ? undefined : { eventId: Number(eventId), contactId: Number(contactId) }
}

async function readPage(
  { app, accountId }: Member,
  campaignId: number,
  outcome: Outcome,
  after: Page['next'],
  limit: number,
): Promise<Page> {
  const hidden = ['machine', 'proxy'] as const
  const onceEach = each[outcome]
  if (onceEach) {
    const page = await listRecipients(app.db, accountId, { campaignId, outcome: onceEach, hidden, after, limit })
    return { lines: page.recipients.map((line) => ({ ...line, what: '' })), next: page.next }
  }
  const kind = outcomes[outcome]!
  const page = await listCampaignHistory(app.db, accountId, {
    campaignId,
    kinds: [kind],
    after: after && { ...after, kind },
    limit,
    hidden,
  })
  const lines = page.events.map(({ contactId, email, at, url, code, message, server }) => {
    const parts = [url, code && bounceDescriptions[code], server, message]
    return { contactId, email, at, what: parts.filter(Boolean).join(' · ') }
  })
  return { lines, next: page.next }
}

export async function downloadRecipients(visit: Member): Promise<Response> {
  const { campaignId } = await campaignOf(visit)
  const outcome = outcomeNames.find((one) => one === visit.query.get('outcome')) ?? 'opened'
  async function* text(): AsyncGenerator<string> {
    yield csvLine(['contact_id', 'email', 'time', 'what'])
    for (let after: Page['next']; ;) {
      const { lines, next } = await readPage(visit, campaignId, outcome, after, perRead)
      yield lines.map(({ contactId, email, at, what }) => csvLine([contactId, email, new Date(at).toISOString(), what])).join('') // oxfmt-ignore
      if (!next) return
      after = next
    }
  }
  return download(`campaign-${campaignId}-${outcome}`, 'csv', text())
}
