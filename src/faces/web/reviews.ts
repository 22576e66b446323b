// /deliverability/review: mail that came back and that nobody can be sure of, until somebody says whom it is about.

import { isOnlyAccount } from '../../core/accounts/account.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { assignReport } from '../../core/bounces/assign-report.ts'
import { findReview, getReview, listReviews, nobodysAccount, removeReview } from '../../core/bounces/review.ts'
import type { Review } from '../../core/bounces/review.ts'
import { isAllowed } from '../../core/users/user.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { deliverabilityTabs } from './deliverability.ts'
import { findNamedContact } from './find-named-contact.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 50
/** Of a mail, for people to read. */
const shownBytes = 20_000

export async function showReviews(visit: Member): Promise<Response> {
  const { app, words, query } = visit
  const w = words.sending.review
  const [, storedAt, reviewId] = /^(\d{1,16})-([0-9a-f]{1,64})$/.exec(query.get('after') ?? '') ?? []
  const after = storedAt === undefined ? undefined : { storedAt: Number(storedAt), reviewId: reviewId! }
  const queues = await queuesOf(visit)
  const each = await Promise.all(queues.map((queue) => listReviews(app.db, queue, { after, limit: perPage + 1 })))
  const found = each
    .flat()
    .toSorted(newestFirst)
    .slice(0, perPage + 1)
  const reviews = found.slice(0, perPage)
  const body = html`${pageHead(words.campaigns.deliverability.title, w.lead)} ${deliverabilityTabs(visit, 'review')}
    <div class="card flush">
      ${
        reviews.length === 0
          ? html`<div class="empty">
              ${icon('done')}
              <h2>${w.none}</h2>
              <p>${w.noneText}</p>
            </div>`
          : table(visit, reviews)
      }
      ${found.length > perPage ? pager(visit, reviews.at(-1)!) : nothing}
    </div>`
  return renderPage(visit, { title: w.tab, place: 'deliverability', body })
}

function table({ words, look }: Member, reviews: readonly Review[]): Html {
  const w = words.sending.review
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.tab}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.at}</th>
          <th scope="col">${w.columns.what}</th>
          <th scope="col">${w.columns.recipient}</th>
          <th scope="col" class="wide-only">${w.columns.said}</th>
          <th scope="col"><span class="hidden-text">${w.show}</span></th>
        </tr>
      </thead>
      <tbody>
        ${reviews.map(
          ({ reviewId, accountId, receivedAt, kind, reason, recipient, diagnostic, subject }) =>
            html`<tr>
              <td>${timeElement(receivedAt, look.zone)}</td>
              <td>
                ${kind} <span class="badge warn">${w.reasons[reason]}</span>
                ${accountId === nobodysAccount ? html`<span class="badge" title="${w.nobodysHint}">${w.nobodys}</span>` : nothing}
              </td>
              <td>${recipient ?? '–'}</td>
              <td class="wide-only quiet">${diagnostic ?? subject ?? nothing}</td>
              <td class="number">
                <a class="button tight" href="/deliverability/review/${reviewId}" aria-label="${w.showOf(reviewId)}"
                  >${w.show}</a
                >
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function pager({ words }: Member, { storedAt, reviewId }: Review): Html {
  return html`<nav class="pager" aria-label="${words.next}">
    <a href="/deliverability/review">${words.first}</a>
    <a class="button tight" rel="next" href="/deliverability/review?after=${storedAt}-${reviewId}">${words.next}</a>
  </nav>`
}

// What nobody's reports say may be about any account's contacts: they are for who runs the server, and for the owners where
// there is one account alone.
async function queuesOf({ app, accountId, user }: Member): Promise<number[]> {
  const isAll = isAllowed(user.role, 'admin') && (await isOnlyAccount(app.db, accountId))
  return isAll ? [accountId, nobodysAccount] : [accountId]
}

function newestFirst(a: Review, b: Review): number {
  return b.storedAt - a.storedAt || (b.reviewId < a.reviewId ? -1 : 1)
}

async function reviewOf(visit: Member): Promise<Review & { raw: Uint8Array }> {
  const { app, of } = visit
  const [own, ...others] = await queuesOf(visit)
  for (const queue of others) {
    const found = await findReview(app.db, queue, of('id'))
    if (found) return found
  }
  return getReview(app.db, own!, of('id'))
}

export async function showReview(visit: Member, complaint?: string): Promise<Response> {
  const { words, user } = visit
  const w = words.sending.review
  const review = await reviewOf(visit)
  const body = html`${pageHead(w.title)} ${complaintNotice(complaint)}
    <div class="stack">
      <section class="card wide-facts">
        <dl class="facts">${facts(visit, review)}</dl>
      </section>
      ${isAllowed(user.role, 'write') ? decision(visit, review) : nothing}
      <section class="card">
        <details>
          <summary class="label">${w.raw}</summary>
          <pre>${Buffer.from(review.raw.subarray(0, shownBytes)).toString()}</pre>
        </details>
      </section>
    </div>`
  return renderPage(visit, { title: w.title, place: 'deliverability', body, isNarrow: true, crumbs: [[words.campaigns.deliverability.title, '/deliverability'], [w.tab, '/deliverability/review']], status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function facts({ words, look }: Member, review: Review): Content {
  const w = words.sending.review
  const rows: [label: string, value: Content | null][] = [
    [w.facts.received, timeElement(review.receivedAt, look.zone)],
    [w.facts.way, review.way],
    [w.facts.reason, w.reasons[review.reason]],
    [w.facts.kind, review.kind],
    [w.facts.code, review.letter && `${review.letter} · ${words.events.bounces[review.letter]}`],
    [w.facts.status, review.status],
    [w.facts.recipient, review.recipient],
    [w.facts.said, review.diagnostic],
    [w.facts.subject, review.subject],
    [w.facts.from, review.envelopeFrom === '' ? '<>' : review.envelopeFrom],
    [w.facts.to, review.envelopeTo],
  ]
  return rows.flatMap(([label, value]) =>
    value === null
      ? []
      : [
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
        ],
  )
}

function decision(visit: Member, { reviewId, contactId, campaignId }: Review): Html {
  const { words, form } = visit
  const w = words.sending.review
  const base = `/deliverability/review/${reviewId}`
  const held = (name: string, proposal: number | null): string => form.fields.get(name) ?? (proposal === null ? '' : String(proposal)) // oxfmt-ignore
  return html`<section class="card">
    <h2>${w.assign}</h2>
    <p class="lead">${w.assignHint}</p>
    <form method="post" action="${base}/assign">
      ${formField(visit)}
      <div class="pair">
        <div class="field">
          <label for="contact">${w.contact}</label>
          <input id="contact" name="contact" required autocomplete="off" value="${held('contact', contactId)}" />
        </div>
        <div class="field">
          <label for="campaign">${w.campaign}</label>
          <input
            id="campaign"
            name="campaign"
            required
            inputmode="numeric"
            autocomplete="off"
            value="${held('campaign', campaignId)}"
          />
        </div>
      </div>
      <div class="actions">
        <button class="primary">${w.assignButton}</button>
        <button class="danger" formaction="${base}/drop" formnovalidate>${w.drop}</button>
      </div>
    </form>
  </section>`
}

export async function assignReview(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now, words } = visit
  const w = words.sending.review
  const review = await reviewOf(visit)
  const contact = await findNamedContact(visit, form.fields.get('contact') ?? '')
  if (!contact) return showReview(visit, w.noContact)
  const text = form.fields.get('campaign') ?? ''
  if (!/^\d{1,15}$/.test(text)) return showReview(visit, w.noCampaign)
  const [contactId, campaignId] = [contact.contactId, Number(text)]
  const isProposed = contactId === review.contactId && campaignId === review.campaignId
  const message = { accountId, contactId, campaignId, sendNo: isProposed ? (review.sendNo ?? 0) : 0 }
  try {
    await assignReport(app.db, review, message, now)
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof NotFoundError) return showReview(visit, error.message)
    throw error
  }
  await noteDeed(app.db, accountId, { by: user, action: 'review.assign', subject: `contact ${contactId}` }, now)
  return seeOther('/deliverability/review?done=assigned')
}

export async function dropReview(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  const { reviewId, accountId: queue } = await reviewOf(visit)
  await app.db.transaction((tx) => removeReview(tx, queue, reviewId))
  await noteDeed(app.db, accountId, { by: user, action: 'review.drop', subject: `report ${reviewId}` }, now)
  return seeOther('/deliverability/review?done=dropped')
}
