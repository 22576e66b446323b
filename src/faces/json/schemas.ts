// The words that the API's schemas are made of: ids, times, texts, pages. Nothing here changes what it reads but texts,
// which are made well-formed, so that the same schema describes what comes in and what goes out. Used by every resource.

import { z } from 'zod'
import { maxGivenId } from '../../db/ids.ts'

/** `{name: schema}`, as parameters are given. */
export type Shape = Readonly<Record<string, z.ZodType>>

export const id = z.int().min(1).max(maxGivenId)

// Times that are written with four-digit years everywhere.
const middleOfTime = Date.UTC(2200, 0, 1) / 2

/** RFC 3339, with any offset; what goes out is UTC with milliseconds. */
export const time = z.iso
  .datetime({ offset: true })
  .refine((text) => Math.abs(Date.parse(text) - middleOfTime) <= middleOfTime, 'outside of the years 1970 to 2199')

/** Stored well-formed and without NUL, which PostgreSQL could not hold. */
export function text(max: number) {
  return z
    .string()
    .max(max)
    .overwrite((value) => value.toWellFormed().replaceAll('\0', '\ufffd'))
}

export const email = text(320).meta({ examples: ['jflowers@mail.com'] })

export const cursor = z
  .string()
  .max(8192)
  .meta({ description: 'Where to go on: `next` of the page before, with the same filters.' })

export function limit(max: number, usual: number) {
  return z
    .int()
    .min(1)
    .max(max)
    .default(usual)
    .meta({ description: `How many at most, ${usual} unless said.` })
}

/** Items of a page, and where the next one starts. */
export function pageOf<Item extends z.ZodType>(name: string, item: Item) {
  return z
    .strictObject({
      items: z.array(item),
      next: z.string().optional().meta({ description: 'The `cursor` of the next page; absent on the last one.' }),
    })
    .meta({ id: name })
}

const day = 86_400_000
const digits = (length: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(i).padStart(length, '0')) // oxfmt-ignore
const twoDigits = digits(2, 60)
const threeDigits = digits(3, 1000)
let lastDay = Number.NaN
let lastDate = ''

/** As the API writes a time: what toISOString does, five times as fast, because a page has a hundred of them. */
export function timeText(at: number): string {
  const onDay = Math.floor(at / day)
  if (onDay !== lastDay) {
    lastDate = new Date(onDay * day).toISOString().slice(0, -13)
    lastDay = onDay
  }
  const ms = at - onDay * day
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${lastDate}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}.${threeDigits[ms % 1000]}Z`
}

export function timeOrNull(at: number | null): string | null {
  return at === null ? null : timeText(at)
}

/** Epoch ms of a time that was read. */
export function epoch<T extends string | undefined>(text: T): T extends string ? number : number | undefined
export function epoch(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}
