// /deliverability/suppressions: addresses that get no mail, why, since when; adding and lifting them.

import { noteDeed } from '../../core/audit/audit.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { listLatestSuppressions } from '../../core/suppressions/list-suppressions.ts'
import { addSuppression, removeSuppression, suppressionReasons } from '../../core/suppressions/suppression.ts'
import type { Suppression, SuppressionReason } from '../../core/suppressions/suppression.ts'
import { isAllowed } from '../../core/users/user.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { deliverabilityTabs } from './deliverability.ts'
import { addressForm } from './confirm.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 50

export async function showSuppressions(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words, query, user } = visit
  const w = words.campaigns.deliverability
  const reason = suppressionReasons.find((one) => one === query.get('reason'))
  const [, at, addressHash] = /^(\d{1,16})-([0-9a-f]{1,64})$/.exec(query.get('after') ?? '') ?? []
  const after = at === undefined ? undefined : { at: Number(at), addressHash: addressHash! }
  const found = await listLatestSuppressions(app.db, accountId, { reason, after, limit: perPage + 1 })
  const mayWrite = isAllowed(user.role, 'write')
  const shown = found.slice(0, perPage)
  const body = html`${pageHead(w.title, w.lead)} ${deliverabilityTabs(visit, 'suppressions')}
    ${complaintNotice(complaint)}
    <div class="columns">
      <div class="card flush">
        <div class="bar">${reasonChips(visit, reason)}</div>
        ${shown.length === 0 ? nobody(visit) : table(visit, shown, mayWrite)}
        ${found.length > perPage ? pager(visit, reason, shown.at(-1)!) : nothing}
      </div>
      ${mayWrite ? addressForm(visit, '/deliverability/suppressions', visit.words.campaigns.deliverability) : nothing}
    </div>`
  return renderPage(visit, { title: w.tabs.suppressions, place: 'deliverability', body, status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function reasonChips({ words }: Member, current: SuppressionReason | undefined): Html {
  const w = words.campaigns.deliverability
  const link = (text: string, reason: SuppressionReason | undefined): Html =>
    html`<a href="/deliverability/suppressions${reason ? `?reason=${reason}` : ''}" ${reason === current ? html`aria-current="true"` : nothing}>${text}</a>` // oxfmt-ignore
  return html`<nav class="chips" aria-label="${w.reasonsLabel}">
    ${link(w.anyReason, undefined)} ${suppressionReasons.map((reason) => link(w.reasons[reason], reason))}
  </nav>`
}

function nobody({ words }: Member): Html {
  const w = words.campaigns.deliverability
  return html`<div class="empty">
    ${icon('done')}
    <h2>${w.none}</h2>
    <p>${w.noneText}</p>
  </div>`
}

const tones = { optout: 'warn', manual: '', bounce: 'bad', complaint: 'bad', erased: '' } as const

function table(visit: Member, suppressions: readonly Suppression[], mayWrite: boolean): Html {
  const { words, look } = visit
  const w = words.campaigns.deliverability
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.email}</th>
          <th scope="col">${w.reason}</th>
          <th scope="col" class="wide-only">${w.source}</th>
          <th scope="col" class="wide-only">${w.since}</th>
          ${mayWrite ? html`<th scope="col"><span class="hidden-text">${w.lift}</span></th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${suppressions.map(
          ({ email, reason, source, at }) =>
            html`<tr>
              <th scope="row">
                ${email === null ? html`<span class="quiet">(${w.erased})</span>` : html`<a href="/search?q=${encodeURIComponent(email)}">${email}</a>`}
              </th>
              <td><span class="badge ${tones[reason]}">${w.reasons[reason]}</span></td>
              <td class="wide-only quiet">${source}</td>
              <td class="wide-only quiet">${timeElement(at, look.zone)}</td>
              ${mayWrite ? html`<td class="number">${email === null ? nothing : liftForm(visit, email)}</td>` : nothing}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function liftForm(visit: Member, email: string): Html {
  const w = visit.words.campaigns.deliverability
  return html`<form method="post" action="/deliverability/suppressions/lift">
    ${formField(visit)}
    <input type="hidden" name="email" value="${email}" />
    <button class="tight" aria-label="${w.liftOf(email)}">${w.lift}</button>
  </form>`
}

function pager({ words }: Member, reason: SuppressionReason | undefined, last: Suppression): Html {
  const parts = new URLSearchParams({ ...(reason && { reason }), after: `${last.at}-${last.addressHash}` })
  return html`<nav class="pager" aria-label="${words.next}">
    <a href="/deliverability/suppressions${reason ? `?reason=${reason}` : ''}">${words.first}</a>
    <a class="button tight" rel="next" href="?${parts.toString()}">${words.next}</a>
  </nav>`
}

export async function addOneSuppression(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now, words } = visit
  try {
    const email = parseEmail(form.fields.get('email') ?? '')
    const suppression = { email, reason: 'manual' as const, source: 'web' }
    const isNew = await app.db.transaction((tx) => addSuppression(tx, accountId, suppression, now))
    if (!isNew) return await showSuppressions(visit, words.campaigns.deliverability.heldFor)
  } catch (error) {
    if (error instanceof InvalidInputError) return showSuppressions(visit, error.message)
    throw error
  }
  await noteDeed(app.db, accountId, { by: user, action: 'suppression.add' }, now)
  return seeOther('/deliverability/suppressions?done=suppressed')
}

export async function liftSuppression({ app, accountId, user, form, now }: Member): Promise<Response> {
  const email = parseEmail(form.fields.get('email') ?? '')
  const isRemoved = await app.db.transaction((tx) => removeSuppression(tx, accountId, email))
  if (!isRemoved) throw new NotFoundError('this address is not suppressed')
  await noteDeed(app.db, accountId, { by: user, action: 'suppression.remove' }, now)
  return seeOther('/deliverability/suppressions?done=unsuppressed')
}
