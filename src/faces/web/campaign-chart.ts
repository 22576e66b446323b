// Opens and clicks of a campaign over time, as a picture: by hour for the first days, by day for longer times. Used by
// campaign.ts.

import type { HourCount } from '../../core/events/campaign-report.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { formatCount } from './numbers.ts'
import { formatTime } from './time.ts'
import type { Member } from './visit.ts'

const hour = 3_600_000
const day = 24 * hour
/** Bars of one picture. */
const hoursShown = 168
const daysShown = 60

const width = 1000
const height = 150
const baseline = 158

interface Bar extends HourCount {
  size: number
}

/** What happened in the time that tells most: later stragglers would make the rest a single bar. */
function toBars(hours: readonly HourCount[]): Bar[] {
  const [first] = hours
  const last = hours.at(-1)
  if (!first || !last) return []
  const isShort = last.at - first.at < hoursShown * hour
  const size = isShort ? hour : day
  const count = isShort ? Math.max(24, Math.floor((last.at - first.at) / hour) + 1) : Math.min(daysShown, Math.max(7, Math.floor((last.at - first.at) / day) + 1)) // oxfmt-ignore
  const start = Math.floor(first.at / size) * size
  const bars = Array.from({ length: count }, (_, i) => ({
    at: start + i * size,
    opens: 0,
    clicks: 0,
    notHuman: 0,
    size,
  }))
  for (const { at, opens, clicks, notHuman } of hours) {
    const bar = bars[Math.floor((at - start) / size)]
    if (!bar) continue
    bar.opens += opens
    bar.clicks += clicks
    bar.notHuman += notHuman
  }
  return bars
}

/** Without machines and proxies unless `isAll`. */
export function campaignChart(visit: Member, all: readonly HourCount[], isAll: boolean): Html {
  const { words, look } = visit
  const w = words.campaigns
  const bars = toBars(isAll ? all : all.map((hours) => ({ ...hours, notHuman: 0 })))
  const [first] = bars
  const last = bars.at(-1)
  if (!first || !last) return html`<p class="quiet">${w.noActivity}</p>`
  const most = Math.max(4, ...bars.map(({ opens, clicks, notHuman }) => opens + clicks + notHuman))
  const step = width / bars.length
  const name = (at: number): string => formatTime(at, look.zone, first.size === hour ? 'minute' : 'date')
  return html`<div class="strip-box" tabindex="0" role="group" aria-label="${w.activity}">
      <svg
        class="strip chart"
        viewBox="0 0 ${width} 182"
        role="img"
        aria-label="${w.activityLabel(name(first.at), name(last.at))}"
      >
        ${bars.map((bar, i) => drawBar(visit, bar, i * step, step, height / most, name))}
        <line class="base" x1="0" x2="${width}" y1="${baseline + 0.5}" y2="${baseline + 0.5}" />
        ${gridLines(most)} ${labels(bars, step, name)}
      </svg>
    </div>
    <p class="legend">
      <span data-kind="click">${words.contact.legend.clicks}</span
      ><span data-kind="open">${words.contact.legend.opens}</span
      >${isAll ? html`<span>${words.contact.legend.machines}</span>` : nothing}
      <span class="unit">${first.size === hour ? w.byHour : w.byDay}</span>
    </p>`
}

// The round numbers that the eye measures by.
function gridLines(most: number): Content {
  const step = [1, 2, 5].flatMap((one) => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map((ten) => one * ten)).toSorted((a, b) => a - b).find((size) => most / size <= 3) ?? most // oxfmt-ignore
  const lines = Array.from({ length: Math.floor(most / step) }, (_, i) => (i + 1) * step)
  return lines.map((value) => {
    const y = Math.round(baseline - (value / most) * height) + 0.5
    return html`<line class="base faint" x1="0" x2="${width}" y1="${y}" y2="${y}" /><text x="0" y="${y - 4}"
        >${formatCount(value)}</text
      >`
  })
}

function drawBar(
  { words }: Member,
  bar: Bar,
  x: number,
  step: number,
  unit: number,
  name: (at: number) => string,
): Content {
  const { at, opens, clicks, notHuman } = bar
  if (opens + clicks + notHuman === 0) return nothing
  let top = baseline
  const part = (kind: string, count: number): Content => {
    if (count === 0) return nothing
    const size = Math.max(1.5, count * unit)
    top -= size
    return html`<rect
      class="${kind}"
      x="${round(x + step * 0.14)}"
      y="${round(top)}"
      width="${round(step * 0.72)}"
      height="${round(size)}"
    />`
  }
  return html`<g>
    <title>${words.campaigns.hour(name(at), formatCount(opens), formatCount(clicks), formatCount(notHuman))}</title>
    ${part('clicks', clicks)}${part('opens', opens)}${part('machines', notHuman)}
    <rect class="hover" x="${round(x)}" y="0" width="${round(step)}" height="${baseline}" />
  </g>`
}

function labels(bars: readonly Bar[], step: number, name: (at: number) => string): Content {
  const every = Math.ceil(bars.length / 6)
  return bars.map(({ at }, i) =>
    i % every === 0 && i < bars.length - every / 2
      ? html`<text x="${round(i * step)}" y="176">${name(at)}</text>`
      : nothing,
  )
}

function round(size: number): number {
  return Math.round(size * 10) / 10
}
