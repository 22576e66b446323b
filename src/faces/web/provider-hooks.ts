// GET /deliverability/providers: the addresses that mail providers post to, and what came in there.

import { noteDeed } from '../../core/audit/audit.ts'
import { listEndpoints } from '../../core/inbox/endpoint.ts'
import type { Endpoint } from '../../core/inbox/endpoint.ts'
import { inboxStates, listInbox, replayInbox } from '../../core/inbox/inbox.ts'
import type { InboxEntry, InboxState } from '../../core/inbox/inbox.ts'
import { isAllowed } from '../../core/users/user.ts'
import { InvalidInputError } from '../../errors.ts'
import { deliverabilityTabs } from './deliverability.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { formField, pageHead, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 50

export const inboxTones = { new: 'info', done: 'good', partly: 'warn', failed: 'bad' } as const satisfies Readonly<Record<InboxState, string>> // oxfmt-ignore

export async function showProviderHooks(visit: Member): Promise<Response> {
  const { app, accountId, words, query } = visit
  const state = stateOf(query.get('state'))
  const text = query.get('before') ?? ''
  const before = /^\d{1,15}$/.test(text) ? Number(text) : undefined
  const [endpoints, found] = await Promise.all([
    listEndpoints(app.db, accountId),
    listInbox(app.db, accountId, { states: state ? [state] : inboxStates, before, limit: perPage + 1 }),
  ])
  const { title, lead } = words.campaigns.deliverability
  const body = html`${pageHead(title, lead)} ${deliverabilityTabs(visit, 'providers')}
    <div class="card flush">${endpoints.length === 0 ? noEndpoints(visit) : endpointCard(visit, endpoints)}</div>
    ${endpoints.length > 0 || found.length > 0 || state ? inboxCard(visit, endpoints, found, state) : nothing}`
  return renderPage(visit, { title: words.providerHooks.title, place: 'deliverability', body })
}

function stateOf(text: string | null): InboxState | undefined {
  return inboxStates.find((one) => one === text)
}

function addButton({ words, user }: Member): Content {
  if (!isAllowed(user.role, 'admin')) return nothing
  return html`<a class="button primary" href="/deliverability/providers/new"
    >${icon('plus')}${words.providerHooks.endpoints.add}</a
  >`
}

function noEndpoints(visit: Member): Html {
  const w = visit.words.providerHooks.endpoints
  return html`<div class="empty">
    ${icon('link')}
    <h2>${w.none}</h2>
    <p>${w.noneText}</p>
    <p class="actions">${addButton(visit)}</p>
  </div>`
}

function endpointCard(visit: Member, endpoints: readonly Endpoint[]): Html {
  const { words, look, user, hookProviders } = visit
  const w = words.providerHooks.endpoints
  const mayChange = isAllowed(user.role, 'admin')
  return html`<div class="bar">
      <h2>${w.title}</h2>
      ${addButton(visit)}
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
      <table>
        <thead>
          <tr>
            <th scope="col">${w.columns.provider}</th>
            <th scope="col">${w.columns.proof}</th>
            <th scope="col" class="wide-only">${w.columns.creates}</th>
            <th scope="col" class="wide-only">${w.columns.created}</th>
            ${mayChange ? html`<th scope="col"><span class="hidden-text">${w.open}</span></th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${endpoints.map(({ endpointId, provider, name, creates, createdAt }) => {
            const title = words.providerHooks.providers[provider]
            return html`<tr>
              <th scope="row">${title} ${name ? html`<span class="quiet">${name}</span>` : nothing}</th>
              <td class="quiet">${words.providerHooks.proofs[hookProviders[provider].signs]}</td>
              <td class="wide-only quiet">${creates ? w.creates : w.ignores}</td>
              <td class="wide-only quiet">${timeElement(createdAt, look.zone, 'date')}</td>
              ${
                mayChange
                  ? html`<td class="number">
                      <a
                        class="button tight"
                        href="/deliverability/providers/${endpointId}"
                        aria-label="${w.openOf(name || title)}"
                        >${w.open}</a
                      >
                    </td>`
                  : nothing
              }
            </tr>`
          })}
        </tbody>
      </table>
    </div>`
}

function inboxCard(
  visit: Member,
  endpoints: readonly Endpoint[],
  found: readonly InboxEntry[],
  state: InboxState | undefined,
): Html {
  const { words, user } = visit
  const w = words.providerHooks.inbox
  const shown = found.slice(0, perPage)
  const question = state ? `state=${state}&` : ''
  return html`<div class="card flush">
    <div class="bar">
      <h2>${w.title}</h2>
      ${stateChips(visit, state)}
      ${
        (state === 'partly' || state === 'failed') && shown.length > 0 && isAllowed(user.role, 'write')
          ? html`<form method="post" action="/deliverability/providers/replay">
              ${formField(visit)}<input type="hidden" name="state" value="${state}" /><button>${w.replayAll}</button>
            </form>`
          : nothing
      }
    </div>
    ${
      shown.length === 0
        ? html`<div class="empty">
            ${icon('done')}
            <h2>${state ? w.noMatch : w.none}</h2>
            ${state ? nothing : html`<p>${w.noneText}</p>`}
          </div>`
        : inboxTable(visit, endpoints, shown)
    }
    ${
      found.length > perPage
        ? html`<nav class="pager" aria-label="${words.next}">
            <a href="/deliverability/providers?${question}">${words.first}</a>
            <a
              class="button tight"
              rel="next"
              href="/deliverability/providers?${question}before=${shown.at(-1)!.inboxId}"
              >${words.next}</a
            >
          </nav>`
        : nothing
    }
  </div>`
}

function stateChips({ words }: Member, current: InboxState | undefined): Html {
  const w = words.providerHooks.inbox
  const link = (text: string, state: InboxState | undefined): Html =>
    html`<a
      href="/deliverability/providers${state ? `?state=${state}` : ''}"
      ${state === current ? html`aria-current="true"` : nothing}
      >${text}</a
    >`
  return html`<nav class="chips" aria-label="${w.statesLabel}">
    ${link(w.all, undefined)} ${inboxStates.map((state) => link(w.states[state], state))}
  </nav>`
}

function inboxTable({ words, look }: Member, endpoints: readonly Endpoint[], entries: readonly InboxEntry[]): Html {
  const w = words.providerHooks.inbox
  const names = new Map(endpoints.map(({ endpointId, name }) => [endpointId, name]))
  const count = (value: number | undefined): Content => (value === undefined ? '–' : formatCount(value))
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.at}</th>
          <th scope="col">${w.columns.from}</th>
          <th scope="col">${w.columns.state}</th>
          <th scope="col" class="number">${w.columns.recorded}</th>
          <th scope="col" class="number wide-only">${w.columns.known}</th>
          <th scope="col" class="number">${w.columns.left}</th>
          <th scope="col" class="wide-only">${w.columns.why}</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          ({ inboxId, endpointId, provider, receivedAt, state, outcome }) =>
            html`<tr>
              <td><a href="/deliverability/providers/inbox/${inboxId}">${timeElement(receivedAt, look.zone)}</a></td>
              <td>
                ${words.providerHooks.providers[provider]}
                <span class="quiet">${names.get(endpointId) ?? nothing}</span>
              </td>
              <td><span class="badge ${inboxTones[state]}">${w.states[state]}</span></td>
              <td class="number">${count(outcome?.recorded)}</td>
              <td class="number wide-only">${count(outcome?.known)}</td>
              <td class="number">${count(outcome ? outcome.ignored + outcome.unmapped : undefined)}</td>
              <td class="wide-only quiet small">${outcome?.problems[0]?.message ?? nothing}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** POST /deliverability/providers/replay */
export async function replayRequests({ app, accountId, user, form, now }: Member): Promise<Response> {
  const state = stateOf(form.fields.get('state'))
  if (!state) throw new InvalidInputError('this state is none', 'state')
  const count = await replayInbox(app.db, accountId, [state], now)
  await noteDeed(app.db, accountId, { by: user, action: 'inbox.replay', detail: { count } }, now)
  return seeOther('/deliverability/providers?done=replayed')
}
