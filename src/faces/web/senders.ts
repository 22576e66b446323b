// /settings/senders: the addresses that campaigns may come from, and the keys that sign their mail.

import { noteDeed } from '../../core/audit/audit.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { addSender, listSenders } from '../../core/senders/sender.ts'
import { createDkimKey, retireDkimKey } from '../../core/sending/dkim-keys.ts'
import { listDkimRecords } from '../../core/sending/dkim-records.ts'
import { isAllowed } from '../../core/users/user.ts'
import { ConflictError, InvalidInputError } from '../../errors.ts'
import { addressForm } from './confirm.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { settingsTabs } from './settings-tabs.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

export async function showSenders(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.settings.senders
  const senders = await listSenders(app.db, accountId)
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">${w.columns.email}</th>
        <th scope="col">${w.columns.state}</th>
      </tr>
    </thead>
    <tbody>
      ${senders.map(
        ({ email, verifiedAt }) =>
          html`<tr>
            <th scope="row">${email}</th>
            <td>
              ${verifiedAt === null ? html`<span class="badge warn">${w.unverified}</span>` : html`<span class="badge good">${w.verified}</span>`}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'senders')} ${complaintNotice(complaint)}
    <div class="columns">
      <div class="card flush">
        ${
          senders.length === 0
            ? html`<div class="empty">
                ${icon('campaigns')}
                <h2>${w.none}</h2>
                <p>${w.noneText}</p>
              </div>`
            : table
        }
      </div>
      ${isAllowed(user.role, 'write') ? addressForm(visit, '/settings/senders', visit.words.settings.senders) : nothing}
    </div>
    ${await dkimCard(visit)}`
  return renderPage(visit, { title: w.title, place: 'settings', body, status: complaint === undefined ? 200 : 400 })
}

async function dkimCard(visit: Member): Promise<Html> {
  const { app, accountId, words, user, look } = visit
  const w = words.sending.dkim
  const records = await listDkimRecords(app.db, accountId)
  const mayChange = isAllowed(user.role, 'admin')
  return html`<section class="card apart">
    <h2>${w.title}</h2>
    <p class="lead">${records.length === 0 ? w.none : w.lead}</p>
    <ul class="stack">
      ${records.map(
        ({ domain, selector, name, value, createdAt, retiredAt }) =>
          html`<li>
            <div class="actions">
              <strong>${domain}</strong> <span class="quiet small">${timeElement(createdAt, look.zone, 'date')}</span>
              ${retiredAt === null ? html`<span class="badge good">${w.signs}</span>` : html`<span class="badge">${w.retired}</span>`}
              ${
                mayChange && retiredAt === null
                  ? html`<form method="post" action="/settings/dkim/retire">
                      ${formField(visit)}<input type="hidden" name="domain" value="${domain}" /><input
                        type="hidden"
                        name="selector"
                        value="${selector}"
                      />
                      <button class="tight danger" aria-label="${w.retireOf(selector)}">${w.retire}</button>
                    </form>`
                  : nothing
              }
            </div>
            <p class="small quiet">${w.record(name)}</p>
            <code class="secret" data-copy>${value}</code>
          </li>`,
      )}
    </ul>
    ${
      mayChange
        ? html`<form method="post" action="/settings/dkim" class="filters spaced">
            ${formField(visit)}
            <label
              >${w.domain} <input name="domain" required autocomplete="off" autocapitalize="none" maxlength="253"
            /></label>
            <button>${w.add}</button>
          </form>`
        : nothing
    }
  </section>`
}

/** POST /settings/dkim */
export async function addDkimKey(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now } = visit
  const selector = `contrail${new Date(now).toISOString().slice(0, 7).replace('-', '')}`
  try {
    const { domain } = await createDkimKey(app.db, accountId, (form.fields.get('domain') ?? '').trim(), selector, now)
    await noteDeed(app.db, accountId, { by: user, action: 'dkim.create', subject: `domain ${domain}` }, now)
    return seeOther('/settings/senders?done=dkim-created')
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof ConflictError) return showSenders(visit, error.message)
    throw error
  }
}

/** POST /settings/dkim/retire */
export async function retireKey({ app, accountId, user, form, now }: Member): Promise<Response> {
  const domain = form.fields.get('domain') ?? ''
  await retireDkimKey(app.db, accountId, domain, form.fields.get('selector') ?? '', now)
  await noteDeed(app.db, accountId, { by: user, action: 'dkim.retire', subject: `domain ${domain}` }, now)
  return seeOther('/settings/senders?done=dkim-retired')
}

export async function addOneSender(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now } = visit
  try {
    const { senderId } = await addSender(app.db, accountId, parseEmail(form.fields.get('email') ?? ''), now)
    await noteDeed(app.db, accountId, { by: user, action: 'sender.add', subject: `sender ${senderId}` }, now)
    return seeOther('/settings/senders?done=sender-added')
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof ConflictError) return showSenders(visit, error.message)
    throw error
  }
}
