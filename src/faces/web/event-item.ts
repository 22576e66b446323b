// One event: a line that opens to everything known of it. Used by timeline.ts.

import { bounceDescriptions } from '../../core/events/event.ts'
import type { EventKind } from '../../core/events/event.ts'
import { reasons as allReasons } from '../../core/verdicts/hit.ts'
import type { Reason } from '../../core/verdicts/hit.ts'
import { agentName } from './agent-name.ts'
import { curlText, eventJson } from './event-json.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { positionText } from './contact-query.ts'
import { formatTime, utcText } from './time.ts'
import type { JudgedEvent } from './timeline.ts'
import type { Member } from './visit.ts'
import type { Words } from './words/words.ts'

export function eventItem(visit: Member, event: JudgedEvent, isOpen: boolean): Html {
  const { words, look } = visit
  const { kind, at, campaignName } = event
  const name = positionText(event)
  const isMachine = event.verdict?.verdict === 'machine' || event.verdict?.verdict === 'proxy'
  return html`<li
    class="event ${isMachine ? 'machine' : ''} ${isOpen ? 'shown' : ''}"
    id="e-${name}"
    data-kind="${kind}"
  >
    <details ${isOpen ? 'open' : nothing}>
      <summary>
        <time class="at" datetime="${new Date(at).toISOString()}" title="${utcText(at)}"
          >${formatTime(at, look.zone, 'time')}</time
        >
        <span class="mark">${icon(isMachine ? 'machine' : kind)}</span>
        <span class="what"
          ><strong>${words.events.kinds[kind]}</strong>
          <span class="quiet">${campaignName}</span>${line(words, event)}</span
        >
        <span class="badges">${badges(words, event)}</span>
        ${turn}
      </summary>
      ${more(visit, event)}
    </details>
  </li>`
}

const turn = html`<svg class="icon turn" viewBox="0 0 24 24" aria-hidden="true"><path d="m9 5 7 7-7 7" /></svg>`

function line(words: Words, event: JudgedEvent): Content {
  const [reason] = event.verdict?.verdict === 'human' ? [] : (event.verdict?.reasons ?? [])
  const text = [lineOf(words, event), reason && reasonText(words, reason)].filter(Boolean).join(' · ')
  return text ? html`<span class="line">${text}</span>` : nothing
}

// The one thing about it that matters most.
function lineOf(words: Words, { kind, url, message, status, server, code, by }: JudgedEvent): string {
  const lines: Readonly<Record<EventKind, () => string>> = {
    send: () => '',
    delivery: () => [server, message].filter(Boolean).join(' · '),
    open: () => '',
    click: () => url ?? '',
    bounce: () => message ?? status ?? (code ? bounceDescriptions[code] : ''),
    complaint: () => message ?? '',
    forward: () => message ?? '',
    optout: () => [by ? words.events.by[by] : '', message].filter(Boolean).join(': '),
  }
  return lines[kind]()
}

function badges(words: Words, { kind, code, verdict }: JudgedEvent): Content {
  const w = words.events
  const parts: Html[] = []
  if (kind === 'bounce' && code) parts.push(html`<span class="badge warn">${w.bounces[code]}</span>`)
  if (verdict && verdict.verdict !== 'human') {
    parts.push(html`<span class="badge">${w.verdicts[verdict.verdict]}</span>`)
  }
  return parts
}

function reasonText(words: Words, reason: string): string {
  const known = allReasons.find((one): one is Reason => one === reason)
  return known ? words.events.reasons[known] : reason
}

function more(visit: Member, event: JudgedEvent): Html {
  const { words } = visit
  const name = positionText(event)
  return html`<div class="more">
    <p class="quiet small">${words.events.meanings[event.kind]}</p>
    <dl class="facts">${facts(visit, event)}</dl>
    ${event.verdict && event.verdict.reasons.length > 0 ? reasonList(words, event.verdict.reasons) : nothing}
    <details>
      <summary>${words.events.raw}</summary>
      <pre>${JSON.stringify(eventJson(event), undefined, 2)}</pre>
    </details>
    <details>
      <summary>${words.events.curl}</summary>
      <pre data-copy>${curlText(visit, event)}</pre>
    </details>
    <p class="actions small">
      <a href="/contacts/${event.contactId}?at=${name}#e-${name}" data-link>${icon('link')} ${words.events.showAll}</a>
    </p>
  </div>`
}

function reasonList(words: Words, reasons: readonly string[]): Html {
  return html`<ul class="reasons small">
    ${reasons.map((reason) => html`<li>${reasonText(words, reason)} <code>${reason}</code></li>`)}
  </ul>`
}

function facts(visit: Member, event: JudgedEvent): Content {
  const { words, look } = visit
  const w = words.events
  const full = (at: number): Html =>
    html`<time datetime="${new Date(at).toISOString()}">${formatTime(at, look.zone, 'full')}</time>`
  const rows: [label: string, value: Content][] = [
    [w.fields.campaign, html`<a href="/campaigns/${event.campaignId}">${event.campaignName}</a>`],
    [w.fields.url, event.url ? html`<span class="mono">${event.url}</span>` : nothing],
    [w.fields.code, event.code ? `${event.code}: ${w.bounces[event.code]}` : nothing],
    [w.fields.status, event.status ?? nothing],
    [event.kind === 'optout' ? w.fields.reason : w.fields.message, event.message ? html`<span class="mono">${event.message}</span>` : nothing],
    [w.fields.by, event.by ? w.by[event.by] : nothing],
    [w.fields.server, event.server ?? nothing],
    [w.fields.tls, event.tls ?? nothing],
    [w.fields.queueId, event.queueId ?? nothing],
    [w.fields.messageId, event.messageId ? html`<span class="mono">${event.messageId}</span>` : nothing],
    [w.fields.verdict, event.verdict ? w.verdicts[event.verdict.verdict] : nothing],
    [w.fields.address, event.hit?.ip ?? nothing],
    [w.fields.agent, event.hit ? (agentName(event.hit.userAgent) ?? nothing) : nothing],
    [w.fields.at, html`${full(event.at)}<br /><span class="quiet small">${utcText(event.at)}</span>`],
    [w.fields.recordedAt, full(event.recordedAt)],
  ] // oxfmt-ignore
  return rows
    .filter(([, value]) => value !== nothing)
    .map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )
}
