// GET /settings/audit: who did what. Seen by owners alone.

import { listAudit } from '../../core/audit/audit.ts'
import type { AuditEntry } from '../../core/audit/audit.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { pageHead, renderPage } from './layout.ts'
import { settingsTabs } from './settings-tabs.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 100

export async function showAudit(visit: Member): Promise<Response> {
  const { app, accountId, words, query } = visit
  const w = words.settings.audit
  const text = query.get('before') ?? ''
  const before = /^\d{1,15}$/.test(text) ? Number(text) : undefined
  const found = await listAudit(app.db, accountId, { before, limit: perPage + 1 })
  const entries = found.slice(0, perPage)
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'audit')}
    <p class="quiet lead">${w.lead}</p>
    <div class="card flush">
      ${
        entries.length === 0
          ? html`<div class="empty">
              ${icon('clock')}
              <h2>${w.none}</h2>
            </div>`
          : table(visit, entries)
      }
      ${
        found.length > perPage
          ? html`<p class="pager">
              <a href="/settings/audit">${words.first}</a
              ><a class="button tight" rel="next" href="/settings/audit?before=${entries.at(-1)!.auditId}"
                >${words.next}</a
              >
            </p>`
          : nothing
      }
    </div>`
  return renderPage(visit, { title: w.title, place: 'settings', body })
}

function table(visit: Member, entries: readonly AuditEntry[]): Html {
  const { words, look } = visit
  const w = words.settings.audit
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.at}</th>
          <th scope="col">${w.columns.who}</th>
          <th scope="col">${w.columns.what}</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          (entry) =>
            html`<tr>
              <td class="quiet">${timeElement(entry.at, look.zone)}</td>
              <td>
                ${entry.actor} ${entry.userId === null ? html`<span class="badge">${w.commandLine}</span>` : nothing}
              </td>
              <td>${words.actions[entry.action]} ${subject(entry)} ${detail(entry)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

const places: Readonly<Record<string, string>> = { contact: '/contacts/', list: '/lists/', campaign: '/campaigns/', import: '/imports/' } // oxfmt-ignore

function subject({ subject: text, action }: AuditEntry): Content {
  const [what = '', id = ''] = text.split(' ')
  const isGone = action.endsWith('.delete') || action.endsWith('.erase')
  return Object.hasOwn(places, what) && !isGone ? html`<a href="${places[what]}${id}">${text}</a>` : text
}

function detail({ detail: given }: AuditEntry): Content {
  const values = Object.values(given)
  return values.length === 0 ? nothing : html`<span class="quiet">${values.join(', ')}</span>`
}
