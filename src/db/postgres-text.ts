// Statements in PostgreSQL's terms: numbered and typed placeholders, results as JavaScript numbers, scripts cut into
// single statements. Used by postgres.ts.

import type { CustomTypesConfig, QueryConfig } from 'pg'
import { types } from 'pg'
import type { Sql, SqlValue } from './sql.ts'

/** Beyond this many distinct statements the rest is sent unnamed: the server keeps each name until its connection ends. */
const maxNamed = 1000

/** Texts and names of the statements of one database. */
export class StatementTexts {
  // By the identity of the literal pieces, then by the types of the values.
  readonly #byPieces = new WeakMap<readonly string[], Map<string, string>>()
  readonly #names = new Map<string, string>()
  readonly #isNamed: boolean

  constructor(isNamed: boolean) {
    this.#isNamed = isNamed
  }

  /** What to send; `rowMode` is for tuples. */
  render(query: Sql, rowMode?: 'array'): QueryConfig & { rowMode?: 'array' } {
    const text = this.#textOf(query)
    const name = this.#isNamed ? this.#nameOf(text) : undefined
    return {
      text,
      values: query.values.map(toParameter),
      ...(name !== undefined && { name }),
      ...(rowMode && { rowMode }),
    }
  }

  #textOf(query: Sql): string {
    const signature = isInsert(query) ? '' : query.values.map(castOf).join()
    let byTypes = this.#byPieces.get(query.strings)
    if (!byTypes) this.#byPieces.set(query.strings, (byTypes = new Map()))
    let text = byTypes.get(signature)
    if (text === undefined) byTypes.set(signature, (text = numbered(query)))
    return text
  }

  #nameOf(text: string): string | undefined {
    let name = this.#names.get(text)
    if (name === undefined && this.#names.size < maxNamed)
      this.#names.set(text, (name = `contrail_${this.#names.size + 1}`))
    return name
  }
}

function numbered({ strings, values }: Sql): string {
  const cast = isInsert({ strings }) ? (): string => '' : castOf
  let text = strings[0]!
  values.forEach((value, i) => (text += `$${i + 1}${cast(value)}${strings[i + 1]!}`))
  return text
}

// What is inserted takes the types of the columns, so that rows with absent values are one statement with those without.
function isInsert({ strings }: Pick<Sql, 'strings'>): boolean {
  return /^\s*insert /.test(strings[0]!)
}

// Ids and times are compared with columns of any width: typed, a number too large for the column is simply not found.
function castOf(value: SqlValue): '' | '::int8' | '::float8' | '::bytea' {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? '::int8' : '::float8'
  return value instanceof Uint8Array ? '::bytea' : ''
}

// PostgreSQL's texts can't hold NUL: asked for, such a text is not found; stored, it is marked as replaced.
function toParameter(value: SqlValue): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  return value instanceof Uint8Array ? Buffer.from(value) : value
}

const int8 = types.builtins.INT8
const numeric = types.builtins.NUMERIC

/** Counts, ids and times are below 2^53 (db/ids.ts); anything else must not be rounded in silence. */
export const resultTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    format !== 'binary' && (oid === int8 || oid === numeric) ? toNumber : types.getTypeParser(oid, format as 'text'),
}

function toNumber(text: string): number {
  const number = Number(text)
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) throw new RangeError(`${text} is beyond 2^53`)
  return number
}

/** The statements of a script: Citus takes one at a time. Knows quotes and line comments, which is what our scripts have. */
export function splitScript(text: string): string[] {
  const statements: string[] = []
  let current = ''
  for (const [piece] of text.matchAll(/--[^\n]*|'[^']*'|"[^"]*"|;|[^-'";]+|-/g)) {
    if (piece.startsWith('--')) continue
    if (piece === ';') {
      statements.push(current.trim())
      current = ''
    } else current += piece
  }
  return [...statements, current.trim()].filter(Boolean)
}
