// /deliverability/holds: contacts whose mail came back, and that are left alone for a while or for good.

import { noteDeed } from '../../core/audit/audit.ts'
import { findContacts } from '../../core/contacts/contact.ts'
import { listHolds, releaseHold } from '../../core/suppressions/hold.ts'
import type { Hold } from '../../core/suppressions/hold.ts'
import { isAllowed } from '../../core/users/user.ts'
import { NotFoundError } from '../../errors.ts'
import { deliverabilityTabs } from './deliverability.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 50

export async function showHolds(visit: Member): Promise<Response> {
  const { app, accountId, words, query, now } = visit
  const w = words.campaigns.deliverability
  const text = query.get('after') ?? ''
  const after = /^\d{1,15}$/.test(text) ? Number(text) : undefined
  const found = await listHolds(app.db, accountId, { after, limit: perPage + 1 }, now)
  const holds = found.slice(0, perPage)
  const contacts = await findContacts(app.db, accountId, holds.map(({ contactId }) => contactId)) // oxfmt-ignore
  const emails = new Map([...contacts].map(([id, { email }]) => [id, email]))
  const body = html`${pageHead(w.title, w.lead)} ${deliverabilityTabs(visit, 'holds')}
    <div class="card flush">
      ${holds.length === 0 ? nobody(visit) : table(visit, holds, emails)}
      ${
        found.length > perPage
          ? html`<nav class="pager" aria-label="${words.next}">
              <a href="/deliverability/holds">${words.first}</a>
              <a class="button tight" rel="next" href="/deliverability/holds?after=${holds.at(-1)!.contactId}"
                >${words.next}</a
              >
            </nav>`
          : nothing
      }
    </div>`
  return renderPage(visit, { title: words.sending.holds.tab, place: 'deliverability', body })
}

function nobody({ words }: Member): Html {
  const w = words.sending.holds
  return html`<div class="empty">
    ${icon('done')}
    <h2>${w.none}</h2>
    <p>${w.noneText}</p>
  </div>`
}

function table(visit: Member, holds: readonly Hold[], emails: ReadonlyMap<number, string>): Html {
  const { words, look, user } = visit
  const w = words.sending.holds
  const mayWrite = isAllowed(user.role, 'write')
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.tab}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.contact}</th>
          <th scope="col">${w.because}</th>
          <th scope="col" class="wide-only">${w.since}</th>
          <th scope="col">${w.until}</th>
          ${mayWrite ? html`<th scope="col"><span class="hidden-text">${w.release}</span></th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${holds.map(
          ({ contactId, code, message, since, until }) =>
            html`<tr>
              <th scope="row"><a href="/contacts/${contactId}">${emails.get(contactId) ?? String(contactId)}</a></th>
              <td>${code} · ${words.events.bounces[code]} <span class="quiet small mono">${message}</span></td>
              <td class="wide-only quiet">${timeElement(since, look.zone, 'date')}</td>
              <td>
                ${until === null ? html`<span class="badge bad">${w.forGood}</span>` : timeElement(until, look.zone, 'date')}
              </td>
              ${
                mayWrite
                  ? html`<td class="number">
                      <form method="post" action="/deliverability/holds/${contactId}/release">
                        ${formField(visit)}<button class="tight" aria-label="${w.releaseOf(String(contactId))}">
                          ${w.release}
                        </button>
                      </form>
                    </td>`
                  : nothing
              }
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

export async function releaseOneHold({ app, accountId, user, of, now }: Member): Promise<Response> {
  const id = of('id')
  if (!/^\d{1,15}$/.test(id)) throw new NotFoundError('there is no such contact')
  const isReleased = await app.db.transaction((tx) => releaseHold(tx, accountId, Number(id)))
  if (!isReleased) throw new NotFoundError('this contact is not on hold')
  await noteDeed(app.db, accountId, { by: user, action: 'contact.release', subject: `contact ${id}` }, now)
  return seeOther('/deliverability/holds?done=released')
}
