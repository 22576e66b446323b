// The sql`...` tag: every value becomes a parameter, never text. Used by every statement in core/.

export type SqlValue = string | number | null | Uint8Array

/** One statement: literal pieces and the values between them. `strings.length === values.length + 1`. */
export class Sql {
  readonly strings: readonly string[]
  readonly values: readonly SqlValue[]
  constructor(strings: readonly string[], values: readonly SqlValue[]) {
    this.strings = strings
    this.values = values
  }
}

/** Builds a statement; a nested sql`...` is spliced in as text with its own parameters. */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlValue | Sql)[]): Sql {
  for (const value of values) if (value instanceof Sql) return splice(strings, values)
  return new Sql(strings, values as readonly SqlValue[])
}

/** A parenthesised list for `in`, padded to a power of two so that few distinct statements are prepared. */
export function sqlList(values: readonly SqlValue[]): Sql {
  if (values.length === 0) return new Sql(['(null)'], [])
  const size = 2 ** Math.ceil(Math.log2(values.length))
  const padded = [...values, ...Array.from({ length: size - values.length }, () => values[0]!)]
  return new Sql(['(', ...Array.from({ length: size - 1 }, () => ','), ')'], padded)
}

/**
 * The rows after `insert into ... values`, padded to a power of two by repeating the last, so that few distinct
 * statements are prepared: only for `on conflict do nothing`, which drops the repeated ones.
 */
export function sqlRows(rows: readonly (readonly SqlValue[])[]): Sql {
  const last = rows.at(-1)
  if (!last) throw new RangeError('an insert needs a row')
  const size = 2 ** Math.ceil(Math.log2(rows.length))
  const row = `(${Array.from({ length: last.length }, () => '?').join(',')})`
  const text = Array.from({ length: size }, () => row).join(',')
  const values = rows.flat()
  for (let i = rows.length; i < size; i++) values.push(...last)
  return new Sql(text.split('?'), values)
}

/** Any of the conditions, padded to a power of two by repeating the last, so that few distinct statements are prepared. */
export function sqlAny(conditions: readonly Sql[]): Sql {
  const size = 2 ** Math.ceil(Math.log2(conditions.length))
  const padded = Array.from({ length: size }, (_, i) => conditions[i] ?? conditions.at(-1)!)
  return sql`(${sqlJoin(padded, ' or ')})`
}

/** Items in parts of at most `size`, so that a statement's length stays bounded. */
export function inParts<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size))
  return parts
}

/**
 * `limit` with the number as a parameter. The cast is for SQLite, which plans anew on every run of a statement whose
 * bare `limit ?` it has looked into: a page costs twice as much without it.
 */
export function sqlLimit(count: number): Sql {
  return new Sql(['limit cast(', ' as integer)'], [count])
}

/** Joins fragments by a literal separator such as ` union all `. */
export function sqlJoin(parts: readonly Sql[], separator: string): Sql {
  const [first, ...rest] = parts
  if (!first) return new Sql([''], [])
  const strings = [...first.strings]
  const values = [...first.values]
  for (const part of rest)
    append(strings, values, new Sql([separator + part.strings[0]!, ...part.strings.slice(1)], part.values))
  return new Sql(strings, values)
}

function splice(pieces: readonly string[], given: readonly (SqlValue | Sql)[]): Sql {
  const strings = [pieces[0]!]
  const values: SqlValue[] = []
  given.forEach((value, i) => {
    if (value instanceof Sql) {
      append(strings, values, value)
      strings[strings.length - 1] += pieces[i + 1]!
    } else {
      values.push(value)
      strings.push(pieces[i + 1]!)
    }
  })
  return new Sql(strings, values)
}

function append(strings: string[], values: SqlValue[], part: Sql): void {
  strings[strings.length - 1] += part.strings[0]!
  strings.push(...part.strings.slice(1))
  values.push(...part.values)
}
