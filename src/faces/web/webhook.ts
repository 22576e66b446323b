// /settings/webhooks/{id}: one address that events are delivered to: how it goes, what was tried, and what may be done.

import { allKinds } from '../../core/events/event.ts'
import { listAttempts } from '../../core/webhooks/attempts.ts'
import type { KeptAttempt } from '../../core/webhooks/attempts.ts'
import { testWebhook } from '../../core/webhooks/test-webhook.ts'
import { changeWebhook, countPending, disableWebhook, enableWebhook, getWebhook, removeWebhook, replayWebhook, rotateWebhook } from '../../core/webhooks/webhook.ts' // oxfmt-ignore
import type { Webhook } from '../../core/webhooks/webhook.ts'
import { ConflictError, InvalidInputError } from '../../errors.ts'
import { confirmForm } from './confirm.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'
import { kindsText, noteWebhook, pastTime, readFields, rulesOf, showSecret, stateBadge, webhookFields } from './webhooks.ts' // oxfmt-ignore

const perPage = 50
/** How long a test is waited for, in ms. */
const testPatience = 25_000

function webhookOf({ app, accountId, of }: Member): Promise<Webhook> {
  return getWebhook(app.db, accountId, of('id'))
}

function crumbs({ words }: Member): [string, string][] {
  return [[words.settings.title, '/settings'], [words.webhooks.title, '/settings/webhooks']] // oxfmt-ignore
}

export async function showWebhook(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, query } = visit
  const webhook = await webhookOf(visit)
  const { endpointId, url, name, state } = webhook
  const text = query.get('before') ?? ''
  const before = /^\d{1,15}$/.test(text) ? Number(text) : undefined
  const [waiting, found] = await Promise.all([
    countPending(app.db, accountId, endpointId),
    listAttempts(app.db, accountId, endpointId, { before, limit: perPage + 1 }),
  ])
  const w = visit.words.webhooks
  const base = `/settings/webhooks/${endpointId}`
  const body = html`${pageHead(name || url, name ? url : undefined)} ${complaintNotice(complaint)}
    <div class="columns">
      <div class="stack">
        <section class="card wide-facts">
          <dl class="facts">${facts(visit, webhook, waiting)}</dl>
          <div class="actions spaced">
            ${button(visit, `${base}/test`, w.test)}
            ${state === 'active' ? button(visit, `${base}/disable`, w.turnOff) : button(visit, `${base}/enable`, w.turnOn)}
          </div>
        </section>
        ${attemptCard(visit, found, base)}
      </div>
      <div class="stack">
        ${replayCard(visit, base)} ${changeCard(visit, webhook, base, complaint !== undefined)}
        <section class="card">
          <h2>${w.secret}</h2>
          <p class="lead">${w.secretLead}</p>
          ${button(visit, `${base}/rotate`, w.rotate)}
        </section>
        <p class="actions"><a class="button danger" href="${base}/remove">${w.remove}</a></p>
      </div>
    </div>`
  return renderPage(visit, { title: name || url, place: 'settings', body, crumbs: crumbs(visit), status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function button(visit: Member, action: string, text: string): Html {
  return html`<form method="post" action="${action}">${formField(visit)}<button>${text}</button></form>`
}

function facts({ words, look, now }: Member, webhook: Webhook, waiting: number): Content {
  const w = words.webhooks
  const { reason, includesEmail, position, acceptedAt, failingSince, lastProblem, slowUntil, secrets } = webhook
  const time = (at: number | null): Content | undefined => (at === null ? undefined : timeElement(at, look.zone))
  const old = secrets.map(({ until }) => until).filter((until) => until !== null && until > now) as number[]
  const rows: [label: string, value: Content | undefined][] = [
    [w.facts.state, stateBadge(words, webhook)],
    [w.facts.reason, reason ?? undefined],
    [w.facts.kinds, kindsText(words, webhook)],
    [w.facts.includesEmail, includesEmail ? w.yes : w.no],
    [w.facts.until, time(position.recordedAt)],
    [w.facts.waiting, waiting > 0 ? formatCount(waiting) : undefined],
    [w.facts.accepted, time(acceptedAt) ?? w.never],
    [w.facts.failing, time(failingSince)],
    [w.facts.problem, failingSince === null ? undefined : (lastProblem ?? undefined)],
    [w.facts.rests, slowUntil !== null && slowUntil > now ? time(slowUntil) : undefined],
    [w.facts.oldSecret, old.length > 0 ? time(Math.max(...old)) : undefined],
  ]
  return rows.flatMap(([label, value]) =>
    value === undefined
      ? []
      : [
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
        ],
  )
}

function replayCard(visit: Member, base: string): Html {
  const { words, look, form } = visit
  const w = words.webhooks
  return html`<section class="card">
    <h2>${w.replay}</h2>
    <p class="lead">${w.replayLead}</p>
    <form method="post" action="${base}/replay">
      ${formField(visit)}
      <div class="field">
        <label for="from">${w.since}</label>
        <input
          id="from"
          name="from"
          type="datetime-local"
          required
          value="${form.fields.get('from') ?? ''}"
          aria-describedby="from-hint"
        />
        <p class="hint" id="from-hint">${words.sending.zoneHint(look.zone)}</p>
      </div>
      <button>${w.replayButton}</button>
    </form>
  </section>`
}

// What was typed and refused is shown again.
function changeCard(visit: Member, webhook: Webhook, base: string, isRefused: boolean): Html {
  const { words, form } = visit
  const isTyped = isRefused && form.fields.has('url')
  return html`<section class="card">
    <details ${isTyped ? 'open' : nothing}>
      <summary class="label">${words.webhooks.change}</summary>
      <form method="post" action="${base}" class="spaced">
        ${formField(visit)} ${webhookFields(visit, isTyped ? readFields(visit) : webhook)}
        <button>${words.save}</button>
      </form>
    </details>
  </section>`
}

function attemptCard(visit: Member, found: readonly KeptAttempt[], base: string): Html {
  const { words } = visit
  const w = words.webhooks.attempts
  const shown = found.slice(0, perPage)
  return html`<div class="card flush">
    <div class="bar"><h2>${w.title}</h2></div>
    ${shown.length === 0 ? html`<p class="empty">${w.none}</p>` : attemptTable(visit, shown)}
    ${
      found.length > perPage
        ? html`<nav class="pager" aria-label="${words.next}">
            <a href="${base}">${words.first}</a>
            <a class="button tight" rel="next" href="${base}?before=${shown.at(-1)!.attemptId}">${words.next}</a>
          </nav>`
        : nothing
    }
  </div>`
}

function attemptTable(visit: Member, attempts: readonly KeptAttempt[]): Html {
  const { words, look } = visit
  const w = words.webhooks.attempts
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.at}</th>
          <th scope="col">${w.columns.event}</th>
          <th scope="col" class="number wide-only">${w.columns.no}</th>
          <th scope="col">${w.columns.answer}</th>
          <th scope="col" class="number wide-only">${w.columns.took}</th>
          <th scope="col" class="wide-only">${w.columns.problem}</th>
        </tr>
      </thead>
      <tbody>
        ${attempts.map(
          ({ at, eventRef, attemptNo, status, problem, duration, response }) =>
            html`<tr>
              <td class="quiet">${timeElement(at, look.zone)}</td>
              <td>${eventLink(visit, eventRef)}</td>
              <td class="number wide-only">${attemptNo}</td>
              <td><span class="badge ${problem === null ? 'good' : 'bad'}">${status ?? w.noAnswer}</span></td>
              <td class="number wide-only">${w.took(formatCount(duration))}</td>
              <td class="wide-only quiet small">
                ${problem ?? nothing} ${response ? html`<span class="mono">${response}</span>` : nothing}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function eventLink({ words }: Member, eventRef: string | null): Content {
  if (eventRef === null) return html`<span class="badge">${words.webhooks.attempts.test}</span>`
  const [, contactId, name = '', word] = /^(\d+)-((\w+)-\d+)$/.exec(eventRef) ?? []
  const kind = allKinds.find((one) => one === word)
  if (contactId === undefined || !kind) return eventRef
  return html`<a href="/contacts/${contactId}?at=${name}#e-${name}">${words.events.kinds[kind]}</a>
    <span class="quiet small">${words.webhooks.attempts.contact(contactId)}</span>`
}

/** POST /settings/webhooks/{id} */
export function editWebhook(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  return change(visit, 'saved', async (webhook) => {
    const fields = readFields(visit)
    // An address that was allowed when it was made stays as it is, whatever is allowed now.
    const { url: _url, ...others } = fields
    const wanted = fields.url === webhook.url ? others : fields
    const changed = await app.db.transaction((tx) => changeWebhook(tx, accountId, webhook.endpointId, wanted, rulesOf(visit))) // oxfmt-ignore
    await noteWebhook(visit, 'webhook.change', changed)
  })
}

async function change(visit: Member, done: string, work: (webhook: Webhook) => Promise<Response | void>): Promise<Response> {
  const webhook = await webhookOf(visit)
  try {
    return (await work(webhook)) ?? seeOther(`/settings/webhooks/${webhook.endpointId}?done=${done}`)
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof ConflictError) return showWebhook(visit, error.message)
    throw error
  }
} // oxfmt-ignore

export function turnWebhookOff(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  return change(visit, 'webhook-off', async (webhook) => {
    await app.db.transaction((tx) => disableWebhook(tx, accountId, webhook.endpointId, 'by hand'))
    await noteWebhook(visit, 'webhook.disable', webhook)
  })
}

export function turnWebhookOn(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  return change(visit, 'webhook-on', async (webhook) => {
    await app.db.transaction((tx) => enableWebhook(tx, accountId, webhook.endpointId, now))
    await noteWebhook(visit, 'webhook.enable', webhook)
  })
}

export function sendWebhookTest(visit: Member): Promise<Response> {
  const { app, accountId, words } = visit
  return change(visit, 'webhook-tested', async (webhook) => {
    const host = { db: app.db, now: app.now, post: app.postWebhook }
    const { problem } = await testWebhook(host, accountId, webhook.endpointId, AbortSignal.timeout(testPatience))
    return problem === null ? undefined : showWebhook(visit, words.webhooks.testFailed(problem))
  })
}

export function rotateWebhookSecret(visit: Member): Promise<Response> {
  const { app, accountId, now, words } = visit
  return change(visit, 'saved', async ({ endpointId }) => {
    const webhook = await app.db.transaction((tx) => rotateWebhook(tx, accountId, endpointId, undefined, now))
    await noteWebhook(visit, 'webhook.rotate', webhook)
    return showSecret(visit, webhook, words.webhooks.secretTitle)
  })
}

export function deliverAgain(visit: Member): Promise<Response> {
  const { app, accountId, now, form } = visit
  return change(visit, 'webhook-replayed', async (webhook) => {
    const from = pastTime(visit, form.fields.get('from') ?? '')
    await app.db.transaction((tx) => replayWebhook(tx, accountId, webhook.endpointId, from, now))
    await noteWebhook(visit, 'webhook.replay', webhook)
  })
}

export async function askRemoveWebhook(visit: Member): Promise<Response> {
  const { words } = visit
  const w = words.webhooks
  const { endpointId, url } = await webhookOf(visit)
  const title = w.removeTitle(url)
  const body = confirmForm(visit, {
    title,
    text: w.removeText,
    button: w.remove,
    back: `/settings/webhooks/${endpointId}`,
  })
  return renderPage(visit, { title, place: 'settings', body, isNarrow: true, crumbs: crumbs(visit) })
}

export async function removeOneWebhook(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  const webhook = await webhookOf(visit)
  await app.db.transaction((tx) => removeWebhook(tx, accountId, webhook.endpointId))
  await noteWebhook(visit, 'webhook.remove', webhook)
  return seeOther('/settings/webhooks?done=webhook-removed')
}
