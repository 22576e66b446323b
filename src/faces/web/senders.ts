// /settings/senders: the addresses that campaigns may come from.

import { noteDeed } from '../../core/audit/audit.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { addSender, listSenders } from '../../core/senders/sender.ts'
import { isAllowed } from '../../core/users/user.ts'
import { ConflictError, InvalidInputError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { settingsTabs } from './settings-tabs.ts'
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
      ${isAllowed(user.role, 'write') ? addForm(visit) : nothing}
    </div>`
  return renderPage(visit, { title: w.title, place: 'settings', body, status: complaint === undefined ? 200 : 400 })
}

function addForm(visit: Member): Html {
  const w = visit.words.settings.senders
  return html`<section class="card">
    <h2>${w.add}</h2>
    <form method="post" action="/settings/senders">
      ${formField(visit)}
      <div class="field">
        <label for="email">${w.email}</label>
        <input
          id="email"
          name="email"
          type="email"
          required
          autocomplete="off"
          value="${visit.form.fields.get('email') ?? ''}"
          aria-describedby="email-hint"
        />
        <p class="hint" id="email-hint">${w.addHint}</p>
      </div>
      <button>${w.addButton}</button>
    </form>
  </section>`
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
