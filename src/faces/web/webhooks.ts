// /settings/webhooks: where the account's events are delivered to. For owners.

import { noteDeed } from '../../core/audit/audit.ts'
import type { AuditAction } from '../../core/audit/audit.ts'
import { allKinds } from '../../core/events/event.ts'
import type { ReachRules } from '../../core/webhooks/address.ts'
import { createWebhook, listWebhooks } from '../../core/webhooks/webhook.ts'
import type { Webhook, WebhookFields } from '../../core/webhooks/webhook.ts'
import { InvalidInputError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { settingsTabs } from './settings-tabs.ts'
import { agoElement, localTime } from './time.ts'
import type { Member } from './visit.ts'
import type { Words } from './words/words.ts'

export async function showWebhooks(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words } = visit
  const w = words.webhooks
  const webhooks = await listWebhooks(app.db, accountId)
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'webhooks')} ${complaintNotice(complaint)}
    <div class="columns">
      <div class="card flush">
        ${
          webhooks.length === 0
            ? html`<div class="empty">
                ${icon('send')}
                <h2>${w.none}</h2>
                <p>${w.noneText}</p>
              </div>`
            : table(visit, webhooks)
        }
      </div>
      ${addForm(visit)}
    </div>`
  return renderPage(visit, { title: w.title, place: 'settings', body, status: complaint === undefined ? 200 : 400 })
}

export function stateBadge({ webhooks: w }: Words, { state, failingSince }: Webhook): Html {
  if (state === 'disabled') return html`<span class="badge bad">${w.disabled}</span>`
  return failingSince === null
    ? html`<span class="badge good">${w.active}</span>`
    : html`<span class="badge warn">${w.failing}</span>`
}

export function kindsText({ webhooks, events }: Words, { kinds }: Webhook): string {
  return kinds.length === 0 ? webhooks.all : kinds.map((kind) => events.kinds[kind]).join(', ')
}

function table({ words, now }: Member, webhooks: readonly Webhook[]): Html {
  const w = words.webhooks
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.url}</th>
          <th scope="col" class="wide-only">${w.columns.kinds}</th>
          <th scope="col">${w.columns.state}</th>
          <th scope="col" class="wide-only">${w.columns.accepted}</th>
        </tr>
      </thead>
      <tbody>
        ${webhooks.map(
          (webhook) =>
            html`<tr>
              <th scope="row" class="long">
                <a href="/settings/webhooks/${webhook.endpointId}">${webhook.name || webhook.url}</a>
                ${webhook.name ? html`<br /><span class="quiet small">${webhook.url}</span>` : nothing}
              </th>
              <td class="wide-only quiet">${kindsText(words, webhook)}</td>
              <td>${stateBadge(words, webhook)}</td>
              <td class="wide-only quiet">
                ${webhook.acceptedAt === null ? w.never : agoElement(webhook.acceptedAt, now)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function addForm(visit: Member): Html {
  const { words, look, form } = visit
  const w = words.webhooks
  const given = readFields(visit)
  return html`<section class="card">
    <h2>${w.add}</h2>
    <form method="post" action="/settings/webhooks">
      ${formField(visit)} ${webhookFields(visit, given)}
      <div class="field">
        <label for="from">${w.from}</label>
        <input
          id="from"
          name="from"
          type="datetime-local"
          value="${form.fields.get('from') ?? ''}"
          aria-describedby="from-hint"
        />
        <p class="hint" id="from-hint">${w.fromHint(look.zone)}</p>
      </div>
      <button class="primary">${w.addButton}</button>
    </form>
  </section>`
}

export function webhookFields({ words }: Member, { url, name, kinds, includesEmail }: WebhookFields): Html {
  const w = words.webhooks
  return html`<div class="field">
      <label for="url">${w.url}</label>
      <input
        id="url"
        name="url"
        type="url"
        required
        maxlength="2048"
        autocomplete="off"
        placeholder="https://"
        value="${url}"
        aria-describedby="url-hint"
      />
      <p class="hint" id="url-hint">${w.urlHint}</p>
    </div>
    <div class="field">
      <label for="name">${w.name}</label>
      <input id="name" name="name" maxlength="100" autocomplete="off" value="${name}" />
    </div>
    <fieldset aria-describedby="kinds-hint">
      <legend>${w.kinds}</legend>
      ${allKinds.map(
        (kind) =>
          html`<label class="choice"
            ><input type="checkbox" name="kind" value="${kind}" ${kinds.includes(kind) ? 'checked' : nothing} /><span
              >${words.events.kinds[kind]}</span
            ></label
          >`,
      )}
      <p class="hint" id="kinds-hint">${w.kindsHint}</p>
    </fieldset>
    <fieldset>
      <label class="choice"
        ><input type="checkbox" name="includesEmail" value="yes" ${includesEmail ? 'checked' : nothing} /><span
          >${w.includesEmail}</span
        ></label
      >
    </fieldset>`
}

export function readFields({ form }: Member): WebhookFields {
  const chosen = form.fields.getAll('kind')
  return {
    url: (form.fields.get('url') ?? '').trim(),
    name: (form.fields.get('name') ?? '').replace(/[\0\s]+/g, ' ').trim(),
    kinds: allKinds.filter((kind) => chosen.includes(kind)),
    includesEmail: form.fields.has('includesEmail'),
  }
}

export function rulesOf({ app: { config } }: Member): ReachRules {
  return { isInsecureAllowed: config.webhookInsecure, allowed: config.webhookAllow }
}

/** Throws InvalidInputError for what is no time, or is still to come. */
export function pastTime({ look, words, now }: Member, text: string): number {
  const at = localTime(text, look.zone)
  if (at === undefined || at > now) throw new InvalidInputError(words.webhooks.badTime, 'from')
  return at
}

export async function noteWebhook(visit: Member, action: AuditAction, { url }: Webhook): Promise<void> {
  const { app, accountId, user, now } = visit
  // The rest of an address may hold what lets in.
  await noteDeed(app.db, accountId, { by: user, action, detail: { host: new URL(url).host } }, now)
}

/** POST /settings/webhooks */
export async function addWebhook(visit: Member): Promise<Response> {
  const { app, accountId, form, now, words } = visit
  const text = form.fields.get('from') ?? ''
  try {
    const from = text === '' ? undefined : pastTime(visit, text)
    const webhook = await createWebhook(app.db, accountId, { ...readFields(visit), from }, rulesOf(visit), now)
    await noteWebhook(visit, 'webhook.create', webhook)
    return await showSecret(visit, webhook, words.webhooks.createdTitle)
  } catch (error) {
    if (error instanceof InvalidInputError) return showWebhooks(visit, error.message)
    throw error
  }
}

/** Kept by nobody who reads it here. */
export async function showSecret(visit: Member, { endpointId, secrets }: Webhook, title: string): Promise<Response> {
  const { words } = visit
  const w = words.webhooks
  const body = html`${pageHead(title)}
    <section class="card">
      <p class="lead">${w.secretOnce}</p>
      <code class="secret" data-copy>${secrets[0]!.key}</code>
      <p class="actions spaced"><a class="button" href="/settings/webhooks/${endpointId}">${w.done}</a></p>
    </section>`
  const response = await renderPage(visit, { title, place: 'settings', body, isNarrow: true, crumbs: [[w.title, '/settings/webhooks']] }) // oxfmt-ignore
  response.headers.set('cache-control', 'no-store')
  return response
}
