// Two years of a contact as one picture: what people did above the line, by week; what was sent and what went wrong below.
// Drawn here, so that it needs no script. Used by contact.ts.

import { countedPerWeek } from '../../core/events/contact-overview.ts'
import type { WeekCount } from '../../core/events/contact-overview.ts'
import type { ContactFacts } from './contact-facts.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { formatCount } from './numbers.ts'
import { troubleKinds, week, weeks } from './strip-range.ts'
import { formatTime } from './time.ts'
import type { Member } from './visit.ts'

const day = 86_400_000

interface Week {
  at: number
  opens: number
  clicks: number
  machines: number
  sends: number
  trouble: number
}

function toWeeks(activity: readonly WeekCount[], from: number): Week[] {
  const found = Array.from({ length: weeks }, (_, i) => ({ at: from + i * week, opens: 0, clicks: 0, machines: 0, sends: 0, trouble: 0 })) // oxfmt-ignore
  for (const { at, kind, count, notHuman } of activity) {
    const one = found[Math.floor((at - from) / week)]
    if (!one) continue
    if (kind === 'open') one.opens += count - notHuman
    if (kind === 'click') one.clicks += count - notHuman
    if (kind === 'send') one.sends += count
    if (troubleKinds.includes(kind)) one.trouble += count
    one.machines += notHuman
  }
  return found
}

const step = 10
const barWidth = 7
const height = 62
const baseline = 66
const width = weeks * step

export function activityStrip(visit: Member, { activity, range }: ContactFacts): Html {
  const { words, look } = visit
  const w = words.contact
  const found = toWeeks(activity, range.from)
  if (activity.length === 0) return html`<p class="quiet">${w.noActivity}</p>`
  const most = Math.max(4, ...found.map(({ opens, clicks, machines }) => opens + clicks + machines))
  const name = (at: number): string => formatTime(at, look.zone, 'month')
  return html`<div class="strip-box" tabindex="0" role="group" aria-label="${w.activity}">
      <svg
        class="strip"
        viewBox="0 0 ${width} 108"
        preserveAspectRatio="none"
        role="img"
        aria-label="${w.strip(name(range.from), name(range.until - day))}"
      >
        ${months(found, look.zone)}
        <line class="base" x1="0" x2="${width}" y1="${baseline + 0.5}" y2="${baseline + 0.5}" />
        ${found.map((one, i) => weekBars(visit, one, i * step, height / most))}
      </svg>
    </div>
    <p class="strip-ends" aria-hidden="true"><span>${name(range.from)}</span><span>${name(range.until - day)}</span></p>
    <p class="legend">
      <span data-kind="click">${w.legend.clicks}</span><span data-kind="open">${w.legend.opens}</span
      ><span>${w.legend.machines}</span><span data-kind="send">${w.legend.sends}</span
      ><span data-kind="bounce">${w.legend.trouble}</span>
    </p>`
}

function weekBars({ words, look }: Member, one: Week, x: number, unit: number): Content {
  const { opens, clicks, machines, sends } = one
  if (opens + clicks + machines + sends + one.trouble === 0) return nothing
  let top = baseline
  const bar = (kind: string, count: number): Content => {
    if (count === 0) return nothing
    const size = Math.max(2, count * unit)
    top -= size
    return html`<rect
      class="${kind}"
      x="${x + 1.5}"
      y="${round(top)}"
      width="${barWidth}"
      height="${round(size)}"
      rx="1"
    />`
  }
  const w = words.contact.legend
  const parts = (
    [
      ['clicks', clicks],
      ['opens', opens],
      ['machines', machines],
      ['sends', sends],
      ['trouble', one.trouble],
    ] as const
  ) // oxfmt-ignore
    .filter(([, count]) => count > 0)
    .map(
      ([part, count]) =>
        `${w[part]} ${formatCount(Math.min(count, countedPerWeek))}${count > countedPerWeek ? '+' : ''}`,
    )
  return html`<g>
    <title>${words.contact.stripWeek(formatTime(one.at, look.zone, 'date'), parts.join(', '))}</title>
    ${bar('clicks', clicks)}${bar('opens', opens)}${bar('machines', machines)}
    ${sends > 0 ? html`<circle class="sends" cx="${x + 5}" cy="${baseline + 8}" r="${Math.min(3.4, 1.8 + sends * 0.4)}" />` : nothing}
    ${one.trouble > 0 ? html`<path class="trouble" d="m${x + 5} ${baseline + 14} 4.5 7.5h-9z" />` : nothing}
    <rect class="hover" x="${x}" y="0" width="${step}" height="${baseline + 24}" />
  </g>`
}

function months(found: readonly Week[], zone: string): Content {
  let last = ''
  return found.map(({ at }, i) => {
    const [month = '', year = ''] = formatTime(at, zone, 'month').split(' ')
    const isNew = month !== last
    last = month
    // The first may be cut short, and the last would stick out.
    if (!isNew || i < 1 || i > weeks - 4) return nothing
    return html`<text x="${i * step + 1}" y="104">${month === 'Jan' ? year : month}</text>`
  })
}

function round(size: number): number {
  return Math.round(size * 10) / 10
}
