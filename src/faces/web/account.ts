// GET /settings and /settings/server: the account, the password that API clients send, and how the server is run.

import { getAccountNamed, setPassword } from '../../core/accounts/account.ts'
import { getAccountSettings, setForwards, setRetention } from '../../core/accounts/settings.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { checkPassword } from '../../core/users/password.ts'
import { isAllowed } from '../../core/users/user.ts'
import { InvalidInputError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { formatBytes, formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import { oldWireCard, saveWire } from './old-wire.ts'
import { settingsTabs } from './settings-tabs.ts'
import { passwordField } from './setup.ts'
import { timeElement } from './time.ts'
import { usualTrackingCard } from './usual-tracking.ts'
import type { Member } from './visit.ts'

export async function showAccount(visit: Member, complaint?: string): Promise<Response> {
  const { app, words, username, look, user } = visit
  const w = words.settings.account
  const { createdAt } = await getAccountNamed(app.db, username)
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'account')} ${complaintNotice(complaint)}
    <div class="stack">
      <section class="card">
        <h2>${w.title}</h2>
        <dl class="facts">
          ${fact(w.username, html`<strong>${username}</strong><br /><span class="quiet small">${w.usernameHint}</span>`)}
          ${fact(w.created, timeElement(createdAt, look.zone, 'date'))}
        </dl>
      </section>
      ${
        isAllowed(user.role, 'admin')
          ? html`${await retentionCard(visit)} ${await usualTrackingCard(visit)} ${await oldWireCard(visit)}
            ${passwordCard(visit)}`
          : nothing
      }
    </div>`
  return renderPage(visit, { title: words.settings.title, place: 'settings', body, isNarrow: true, status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function fact(label: string, value: Content): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`
}

async function retentionCard(visit: Member): Promise<Html> {
  const { app, accountId, words } = visit
  const w = words.sending.retention
  const { hitDays, eventDays, hasForwards } = await getAccountSettings(app.db, accountId)
  return html`<section class="card">
    <h2>${w.title}</h2>
    <p class="lead">${w.lead}</p>
    <form method="post" action="/settings/retention">
      ${formField(visit)}
      <div class="pair">
        <div class="field">
          <label for="hits">${w.hits}</label>
          <input id="hits" name="hits" inputmode="numeric" pattern="[0-9]{1,5}" required value="${hitDays}" />
        </div>
        <div class="field">
          <label for="events">${w.events}</label>
          <input
            id="events"
            name="events"
            inputmode="numeric"
            pattern="[0-9]{1,5}"
            value="${eventDays ?? ''}"
            aria-describedby="events-hint"
          />
          <p class="hint" id="events-hint">${w.eventsHint}</p>
        </div>
      </div>
      <label class="choice"
        ><input type="checkbox" name="forwards" ${hasForwards ? 'checked' : nothing} /><span>${w.forwards}</span></label
      >
      <button>${words.save}</button>
    </form>
  </section>`
}

export async function changeRetention(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now } = visit
  const days = (name: string): number | undefined => {
    const text = (form.fields.get(name) ?? '').trim()
    return text === '' ? undefined : /^\d{1,5}$/.test(text) ? Number(text) : NaN
  }
  const [hitDays, eventDays] = [days('hits') ?? NaN, days('events')]
  try {
    await setRetention(app.db, accountId, { hitDays, eventDays })
    await setForwards(app.db, accountId, form.fields.has('forwards'))
  } catch (error) {
    if (error instanceof InvalidInputError) return showAccount(visit, error.message)
    throw error
  }
  const detail = { hits: hitDays, events: eventDays ?? 'for ever' }
  await noteDeed(app.db, accountId, { by: user, action: 'account.retention', detail }, now)
  return seeOther('/settings?done=saved')
}

/** POST /settings/wire */
export async function changeWire(visit: Member): Promise<Response> {
  try {
    await saveWire(visit)
  } catch (error) {
    if (error instanceof InvalidInputError) return showAccount(visit, error.message)
    throw error
  }
  return seeOther('/settings?done=saved')
}

function passwordCard(visit: Member): Html {
  const w = visit.words.settings.account
  return html`<section class="card">
    <h2>${w.password}</h2>
    <p class="lead">${w.passwordHint}</p>
    <form method="post" action="/settings/password">
      ${formField(visit)} ${passwordField(visit)}
      <button>${w.change}</button>
    </form>
  </section>`
}

export async function changeApiPassword(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now, username } = visit
  const password = form.fields.get('password') ?? ''
  try {
    checkPassword(password, { email: user.email, name: username })
  } catch (error) {
    if (error instanceof InvalidInputError) return showAccount(visit, error.message)
    throw error
  }
  await setPassword(app.db, accountId, password)
  await noteDeed(app.db, accountId, { by: user, action: 'account.password' }, now)
  return seeOther('/settings?done=saved')
}

export function showServer(visit: Member): Promise<Response> {
  const { app, words } = visit
  const w = words.settings.server
  const { config } = app
  const rows: [label: string, value: Content][] = [
    [w.rows.publicHost, config.publicHost ? `${config.publicScheme}://${config.publicHost}` : w.eachHost],
    [w.rows.store, config.databaseUrl === undefined ? w.embedded : w.postgres],
    [w.rows.atomHistoryDays, config.atomHistoryDays === 0 ? w.whole : formatCount(config.atomHistoryDays)],
    [w.rows.atomOptoutElement, html`<code>${config.atomOptoutElement}</code>`],
    [w.rows.atomIncludeMachines, config.atomIncludeMachines ? w.told : w.hidden],
    [w.rows.rateLimit, config.rateLimit === 0 ? w.unlimited : formatCount(config.rateLimit)],
    [w.rows.rateLimitStatus, config.rateLimitStatus],
    [w.rows.libraryQuotaMb, formatBytes(config.libraryQuotaMb * 1_000_000)],
    [w.rows.trustedProxies, String(config.trustedProxies)],
    [w.rows.workers, String(config.workers)],
    [w.rows.relay, config.relay ? config.relay.host : w.noRelay],
  ]
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'server')}
    <div class="stack">
      <section class="card wide-facts">
        <h2>${w.title}</h2>
        <p class="lead">${w.lead}</p>
        <dl class="facts">${rows.map(([label, value]) => fact(label, value))}</dl>
      </section>
    </div>`
  return renderPage(visit, { title: w.title, place: 'settings', body, isNarrow: true })
}
