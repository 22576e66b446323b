// The contact in five numbers. Used by contact.ts.

import { countedEvents } from '../../core/events/contact-overview.ts'
import type { KindOverview } from '../../core/events/contact-overview.ts'
import type { EventKind } from '../../core/events/event.ts'
import type { ContactFacts } from './contact-facts.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { formatCount, formatShare } from './numbers.ts'
import { agoElement } from './time.ts'
import type { Member } from './visit.ts'
import type { Words } from './words/words.ts'

export function contactTiles(visit: Member, { overview, campaigns, seenAt }: ContactFacts): Html {
  const { words, now } = visit
  const w = words.contact.tiles
  const of = (kind: EventKind): KindOverview => overview.find((one) => one.kind === kind)!
  const [send, delivery, bounce] = [of('send'), of('delivery'), of('bounce')]
  const byMachines = ({ machines, proxies }: KindOverview): string =>
    machines + proxies > 0 ? w.machines(formatCount(machines + proxies)) : w.noMachines
  return html`<dl class="tiles" aria-label="${words.contact.summary}">
    ${tile(w.sent, countText(send.count), w.inCampaigns(campaigns.length), 'send')}
    ${tile(
      w.delivered,
      delivery.count > 0 ? countText(delivery.count) : '–',
      deliveryNote(words, delivery.count, send.count, bounce.count),
      'delivery',
    )}
    ${tile(w.opens, countText(people(of('open'))), byMachines(of('open')), 'open')}
    ${tile(w.clicks, countText(people(of('click'))), byMachines(of('click')), 'click')}
    ${tile(w.seen, seenAt === undefined ? html`<span class="words">${words.never}</span>` : agoElement(seenAt, now), nothing)}
  </dl>`
}

// Imported histories tell of sends alone, mostly.
function deliveryNote({ contact: { tiles: w } }: Words, delivered: number, sent: number, bounced: number): string {
  if (bounced > 0) return w.bounced(countText(bounced))
  return delivered > 0 ? w.ofSent(formatShare(delivered, sent)) : w.untold
}

function people({ count, machines, proxies }: KindOverview): number {
  return Math.max(0, count - machines - proxies)
}

function countText(count: number): string {
  return count > countedEvents ? `${formatCount(countedEvents)}+` : formatCount(count)
}

/** A number with its name above and a word about it below. */
export function tile(name: string, value: Content, note: Content, kind?: EventKind): Html {
  return html`<div>
    <dt ${kind ? html`data-kind="${kind}"` : nothing}>${name}</dt>
    <dd class="value">${value}</dd>
    ${note ? html`<dd class="note">${note}</dd>` : nothing}
  </div>`
}
