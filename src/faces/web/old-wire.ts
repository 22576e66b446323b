// A part of /settings, and what it saves: what clients of 2008 are answered with. Used by account.ts.

import { getWireChoices, optoutElements, setWireChoices } from '../../core/accounts/wire-options.ts'
import type { WireChoices } from '../../core/accounts/wire-options.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { formField } from './layout.ts'
import { formatCount } from './numbers.ts'
import type { Member } from './visit.ts'

export async function oldWireCard(visit: Member): Promise<Html> {
  const { app, accountId, words, form } = visit
  const w = words.settings.wire
  const { config } = app
  const { historyDays, optoutElement, includesMachines } = await getWireChoices(app.db, accountId)
  const usualDays = config.atomHistoryDays === 0 ? w.whole : w.days(formatCount(config.atomHistoryDays))
  const machines = includesMachines === undefined ? '' : includesMachines ? 'on' : 'off'
  return html`<section class="card">
    <h2>${w.title}</h2>
    <p class="lead">${w.lead}</p>
    <form method="post" action="/settings/wire">
      ${formField(visit)}
      <div class="field">
        <label for="wire-days">${w.historyDays}</label>
        <input
          id="wire-days"
          name="days"
          inputmode="numeric"
          pattern="[0-9]{1,5}"
          value="${form.fields.get('days') ?? historyDays ?? ''}"
          aria-describedby="wire-days-hint"
        />
        <p class="hint" id="wire-days-hint">${w.historyHint(usualDays)}</p>
      </div>
      <div class="pair">
        ${choice('optout', w.optout, optoutElement ?? '', [
          ['', w.usual(w.optoutNames[config.atomOptoutElement])],
          ...optoutElements.map((name): [string, string] => [name, w.optoutNames[name]]),
        ])}
        ${choice('machines', w.machines, machines, [
          ['', w.usual(config.atomIncludeMachines ? w.told : w.hidden)],
          ['off', w.hidden],
          ['on', w.told],
        ])}
      </div>
      <button>${words.save}</button>
    </form>
  </section>`
}

function choice(name: string, label: string, chosen: string, options: readonly [string, string][]): Html {
  return html`<div class="field">
    <label for="wire-${name}">${label}</label>
    <select id="wire-${name}" name="${name}">
      ${options.map(
        ([value, text]) => html`<option value="${value}" ${value === chosen ? 'selected' : nothing}>${text}</option>`,
      )}
    </select>
  </div>`
}

/** Throws InvalidInputError. */
export async function saveWire({ app, accountId, user, form, now }: Member): Promise<void> {
  const given = (name: string): string => (form.fields.get(name) ?? '').trim()
  const [days, machines] = [given('days'), given('machines')]
  const choices: WireChoices = {
    historyDays: days === '' ? undefined : /^\d{1,5}$/.test(days) ? Number(days) : NaN,
    optoutElement: optoutElements.find((name) => name === given('optout')),
    includesMachines: machines === '' ? undefined : machines === 'on',
  }
  await setWireChoices(app.db, accountId, choices)
  const detail = Object.fromEntries(Object.entries(choices).map(([name, value]) => [name, value === undefined ? 'as the server' : String(value)])) // oxfmt-ignore
  await noteDeed(app.db, accountId, { by: user, action: 'account.wire', detail }, now)
}
