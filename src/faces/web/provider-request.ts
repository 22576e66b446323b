// GET /deliverability/providers/inbox/{id}: one request of a provider as it came, and what became of it.

import { noteDeed } from '../../core/audit/audit.ts'
import { listEndpoints } from '../../core/inbox/endpoint.ts'
import { getInboxBody, getInboxEntry, replayInboxEntry } from '../../core/inbox/inbox.ts'
import type { InboxEntry } from '../../core/inbox/inbox.ts'
import { isAllowed } from '../../core/users/user.ts'
import { NotFoundError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { formField, pageHead, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'
import { inboxTones } from './provider-hooks.ts'

/** Characters of a body, for people to read. */
const shownCharacters = 50_000
/** Bytes that are laid out anew; what is longer is shown as it came. */
const maxLaidOut = 200_000

export async function showRequest(visit: Member): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.providerHooks.entry
  const id = requestIdOf(visit)
  const [entry, raw, endpoints] = await Promise.all([
    getInboxEntry(app.db, accountId, id),
    getInboxBody(app.db, accountId, id),
    listEndpoints(app.db, accountId),
  ])
  const name = endpoints.find(({ endpointId }) => endpointId === entry.endpointId)?.name ?? ''
  const text = readable(raw)
  const body = html`${pageHead(w.title(String(id)))}
    <div class="stack">
      <section class="card wide-facts">
        <dl class="facts">${facts(visit, entry, name)}</dl>
      </section>
      ${entry.outcome && entry.outcome.problems.length > 0 ? problemCard(visit, entry.outcome.problems) : nothing}
      ${isAllowed(user.role, 'write') ? replayCard(visit) : nothing}
      <section class="card">
        <h2>${w.body}</h2>
        <pre tabindex="0" role="region" aria-label="${w.body}">${text.slice(0, shownCharacters)}</pre>
        ${text.length > shownCharacters ? html`<p class="quiet small">${w.cut(formatCount(shownCharacters))}</p>` : nothing}
      </section>
    </div>`
  return renderPage(visit, { title: w.title(String(id)), place: 'deliverability', body, isNarrow: true, crumbs: [[words.campaigns.deliverability.title, '/deliverability'], [words.providerHooks.title, '/deliverability/providers']] }) // oxfmt-ignore
}

function requestIdOf({ of }: Member): number {
  const id = of('id')
  if (!/^\d{1,15}$/.test(id)) throw new NotFoundError('there is no such request')
  return Number(id)
}

function readable(raw: Uint8Array): string {
  const text = Buffer.from(raw).toString()
  if (raw.length > maxLaidOut) return text
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

function facts({ words, look }: Member, entry: InboxEntry, name: string): Content {
  const w = words.providerHooks.entry
  const { outcome, state } = entry
  const count = (value: number | undefined): string | undefined => (value ? formatCount(value) : undefined)
  const rows: [label: string, value: Content | undefined][] = [
    [w.facts.received, timeElement(entry.receivedAt, look.zone)],
    [w.facts.from, [words.providerHooks.providers[entry.provider], name].filter(Boolean).join(', ')],
    [w.facts.state, html`<span class="badge ${inboxTones[state]}">${words.providerHooks.inbox.states[state]}</span>`],
    [w.facts.read, entry.readAt === null ? undefined : timeElement(entry.readAt, look.zone)],
    [w.facts.size, w.bytes(formatCount(entry.bytes))],
    [w.facts.recorded, count(outcome?.recorded)],
    [w.facts.known, count(outcome?.known)],
    [w.facts.ignored, count(outcome?.ignored)],
    [w.facts.unmapped, count(outcome?.unmapped)],
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

function problemCard({ words }: Member, problems: readonly { item: number; message: string }[]): Html {
  const w = words.providerHooks.entry
  return html`<section class="card">
    <h2>${w.problems}</h2>
    <ul class="reasons">
      ${problems.map(({ item, message }) => html`<li><span class="quiet">${w.item(item + 1)}:</span> ${message}</li>`)}
    </ul>
  </section>`
}

function replayCard(visit: Member): Html {
  const w = visit.words.providerHooks.entry
  return html`<section class="card">
    <form method="post" action="${visit.path}/replay" class="actions">
      ${formField(visit)}<button>${w.replay}</button> <span class="quiet small">${w.replayHint}</span>
    </form>
  </section>`
}

/** POST /deliverability/providers/inbox/{id}/replay */
export async function replayRequest(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  const id = requestIdOf(visit)
  await replayInboxEntry(app.db, accountId, id, now)
  await noteDeed(app.db, accountId, { by: user, action: 'inbox.replay', detail: { count: 1 } }, now)
  return seeOther(`/deliverability/providers/inbox/${id}?done=replayed`)
}
