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
