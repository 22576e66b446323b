// Times as viewers read them: in their zone, with UTC when they ask. Used by every page.

import { html } from './html.ts'
import type { Html } from './html.ts'

type Form = 'day' | 'time' | 'minute' | 'date' | 'month' | 'full'

const forms: Readonly<Record<Form, Intl.DateTimeFormatOptions>> = {
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'short', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'long' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string, form: Form): Intl.DateTimeFormat {
  const name = `${zone} ${form}`
  let format = formats.get(name)
  if (!format) formats.set(name, (format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...forms[form] })))
  return format
}

export function formatTime(at: number, zone: string, form: Form): string {
  return formatOf(zone, form).format(at)
}

/** `2008-10-03 18:39:02.910 UTC` */
export function utcText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC')
}

/** The time in the viewer's zone, with UTC behind it. */
export function timeElement(at: number, zone: string, form: Form = 'minute'): Html {
  return html`<time datetime="${new Date(at).toISOString()}" title="${utcText(at)}"
    >${formatTime(at, zone, form)}</time
  >`
}

const ago: readonly [ms: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [365.25 * 86_400_000, 'year'],
  [30.4 * 86_400_000, 'month'],
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** `3 months ago` */
export function agoText(at: number, now: number): string {
  const [ms, unit] = ago.find(([size]) => Math.abs(now - at) >= size) ?? [1000, 'second' as const]
  return relative.format(-Math.trunc((now - at) / ms), unit)
}

export function agoElement(at: number, now: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}" title="${utcText(at)}">${agoText(at, now)}</time>`
}

/** `2008-10-03` in the zone: what groups events by day. */
export function dayOf(at: number, zone: string): string {
  const parts = partsOf(at, zone)
  return `${parts.year}-${parts.month}-${parts.day}`
}

/** When a day, written `2008-10-03`, begins in the zone; undefined for what is no day. */
export function dayStart(day: string, zone: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined
  const utc = Date.parse(`${day}T00:00Z`)
  if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(day)) return undefined
  // Twice, because the first guess may lie on the other side of a change of clocks.
  const first = utc - offsetAt(utc, zone)
  return utc - offsetAt(first, zone)
}

/** What a field for date and time holds, `2026-12-01T09:30`, as it is meant in the zone; undefined for anything else. */
export function localTime(text: string, zone: string): number | undefined {
  const [, day = '', hour, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::\d\d)?$/.exec(text) ?? []
  const start = dayStart(day, 'UTC')
  if (start === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined
  const utc = start + (Number(hour) * 60 + Number(minute)) * 60_000
  const first = utc - offsetAt(utc, zone)
  return utc - offsetAt(first, zone)
}

function offsetAt(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(at, zone)
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Math.floor(at / 1000) * 1000
}

const parters = new Map<string, Intl.DateTimeFormat>()

function partsOf(at: number, zone: string): Record<string, string> {
  let parter = parters.get(zone)
  if (!parter)
    parters.set(
      zone,
      (parter = new Intl.DateTimeFormat('en-CA', {
        timeZone: zone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      })), // oxfmt-ignore
    )
  return Object.fromEntries(parter.formatToParts(at).map(({ type, value }) => [type, value]))
}
