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

/** As the API writes a time. */
export function timeText(at: number): string {
  return new Date(at).toISOString()
}

export function timeOrNull(at: number | null): string | null {
  return at === null ? null : timeText(at)
}

/** Epoch ms of a time that was read. */
export function epoch<T extends string | undefined>(text: T): T extends string ? number : number | undefined
export function epoch(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}
