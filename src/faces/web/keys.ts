// /settings/keys: what applications show to be let in. Seen and changed by owners alone.

import { allScopes, createApiKey, listApiKeys, revokeApiKey } from '../../core/accounts/api-key.ts'
import type { ApiKey } from '../../core/accounts/api-key.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { NotFoundError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { settingsTabs } from './settings-tabs.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const maxKeyName = 100

export async function showKeys(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words } = visit
  const w = words.settings.keys
  const keys = await listApiKeys(app.db, accountId)
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'keys')} ${complaintNotice(complaint)}
    <div class="columns">
      <div class="card flush">${keys.length === 0 ? noKeys(visit) : keyTable(visit, keys)}</div>
      ${addForm(visit)}
    </div>`
  return renderPage(visit, { title: w.title, place: 'settings', body, status: complaint === undefined ? 200 : 400 })
}

function noKeys({ words }: Member): Html {
  const w = words.settings.keys
  return html`<div class="empty">
    ${icon('key')}
    <h2>${w.none}</h2>
    <p>${w.noneText}</p>
  </div>`
}

function keyTable(visit: Member, keys: readonly ApiKey[]): Html {
  const { words, look } = visit
  const w = words.settings.keys
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.name}</th>
          <th scope="col">${w.columns.scopes}</th>
          <th scope="col" class="wide-only">${w.columns.created}</th>
          <th scope="col">${w.columns.state}</th>
          <th scope="col"><span class="hidden-text">${w.revoke}</span></th>
        </tr>
      </thead>
      <tbody>
        ${keys.map(
          ({ apiKeyId, name, scopes, createdAt, revokedAt }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="quiet">${scopes.map((scope) => w.scopeNames[scope]).join(', ')}</td>
              <td class="wide-only quiet">${timeElement(createdAt, look.zone, 'date')}</td>
              <td>
                ${revokedAt === null ? html`<span class="badge good">${w.works}</span>` : html`<span class="badge">${w.revoked}</span>`}
              </td>
              <td class="number">${revokedAt === null ? revokeForm(visit, apiKeyId, name) : nothing}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function revokeForm(visit: Member, apiKeyId: number, name: string): Html {
  const w = visit.words.settings.keys
  return html`<form method="post" action="/settings/keys/${apiKeyId}/revoke">
    ${formField(visit)}<button class="tight danger" aria-label="${w.revokeOf(name)}">${w.revoke}</button>
  </form>`
}

function addForm(visit: Member): Html {
  const w = visit.words.settings.keys
  return html`<section class="card">
    <h2>${w.add}</h2>
    <form method="post" action="/settings/keys">
      ${formField(visit)}
      <div class="field">
        <label for="name">${w.name}</label>
        <input
          id="name"
          name="name"
          required
          maxlength="${maxKeyName}"
          autocomplete="off"
          aria-describedby="name-hint"
        />
        <p class="hint" id="name-hint">${w.nameHint}</p>
      </div>
      <fieldset>
        <legend>${w.scopes}</legend>
        ${allScopes.map(
          (scope) =>
            html`<label class="choice"
              ><input type="checkbox" name="scope" value="${scope}" ${scope === 'read' ? 'checked' : nothing} /><span
                >${w.scopeNames[scope]}</span
              ></label
            >`,
        )}
      </fieldset>
      <button class="primary">${w.addButton}</button>
    </form>
  </section>`
}

export async function addKey(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now, words, username } = visit
  const w = words.settings.keys
  const name =
    (form.fields.get('name') ?? '')
      .replace(/[\0\s]+/g, ' ')
      .trim()
      .slice(0, maxKeyName) || w.add
  const scopes = allScopes.filter((scope) => form.fields.getAll('scope').includes(scope))
  if (scopes.length === 0) return showKeys(visit, w.scopeNeeded)
  const { key, apiKeyId } = await createApiKey(app.db, accountId, { name, scopes }, now)
  const deed = { by: user, action: 'key.create', subject: `key ${apiKeyId}`, detail: { name } } as const
  await noteDeed(app.db, accountId, deed, now)
  const body = html`${pageHead(w.createdTitle)}
    <section class="card">
      <p class="lead">${w.createdText}</p>
      <code class="secret" data-copy>${key}</code>
      <p class="quiet spaced">${w.createdOld}</p>
      <code class="secret" data-copy>${key}%${username}</code>
      <p class="actions spaced"><a class="button" href="/settings/keys">${w.done}</a></p>
    </section>`
  const response = await renderPage(visit, { title: w.createdTitle, place: 'settings', body, isNarrow: true, crumbs: [[w.title, '/settings/keys']] }) // oxfmt-ignore
  response.headers.set('cache-control', 'no-store')
  return response
}

export async function revokeKey({ app, accountId, user, of, now }: Member): Promise<Response> {
  const id = of('id')
  if (!/^\d{1,9}$/.test(id)) throw new NotFoundError('there is no such key')
  await revokeApiKey(app.db, accountId, Number(id), now)
  await noteDeed(app.db, accountId, { by: user, action: 'key.revoke', subject: `key ${id}` }, now)
  return seeOther('/settings/keys?done=key-revoked')
}
