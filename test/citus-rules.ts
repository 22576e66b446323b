// What Citus takes, as far as a statement's text can tell. Each rule was tried on a real cluster. Used by its test.

import { listMigrations } from '../src/db/migrate.ts'
import { splitScript } from '../src/db/postgres-text.ts'

/** How the tables lie, read from the migrations. */
export interface Layout {
  statements: string[]
  /** On every server. */
  reference: Set<string>
  /** Spread over the servers by this column. */
  distributed: Map<string, string>
  /** On the coordinator alone. */
  local: Set<string>
}

export function readLayout(): Layout {
  const migrations = listMigrations('postgres')
  const statements = migrations.flatMap(({ text }) => splitScript(text))
  const layout: Layout = { statements, reference: new Set(), distributed: new Map(), local: new Set() }
  for (const statement of statements) {
    const table = /^create table (\w+)/.exec(statement)?.[1]
    if (table) layout.local.add(table)
  }
  for (const step of migrations.flatMap(({ citus }) => splitScript(citus ?? ''))) {
    if (/^alter table \w+ drop constraint \w+$/.test(step)) continue
    const [, reference] = /^select create_reference_table\('(\w+)'\)$/.exec(step) ?? []
    const [, table, column] = /^select create_distributed_table\('(\w+)', '(\w+)', colocate_with := '\w+'\)$/.exec(step) ?? [] // oxfmt-ignore
    if (reference) layout.reference.add(reference)
    else if (table) layout.distributed.set(table, column!)
    else throw new Error(`this step of Citus is not understood: ${step}`)
    if (!layout.local.delete((reference ?? table)!)) throw new Error(`there is no such table: ${step}`)
  }
  return layout
}

/** What is wrong with the tables; empty when all is well. */
export function findTableFaults({ statements, reference, distributed, local }: Layout): string[] {
  const faults: string[] = []
  for (const statement of statements) {
    const words = statement.replace(/\s+/g, ' ')
    if (/\b(serial|bigserial|identity|generated|trigger|unlogged|inherits|partition)\b/.test(words))
      faults.push(`uses what Citus refuses or numbers differently: ${words}`)
    const table = /^create table (\w+)/.exec(words)?.[1] ?? /^create (?:unique )?index \w+ on (\w+)/.exec(words)?.[1]
    if (!table) continue
    const column = distributed.get(table)
    for (const columns of uniqueKeys(words))
      if (column !== undefined && !columns.includes(column)) faults.push(`${table}: unique (${columns.join()}) without ${column}`) // oxfmt-ignore
    for (const [, target] of words.matchAll(/references (\w+)/g))
      if (!reference.has(target!) && !(local.has(table) && local.has(target!)))
        faults.push(`${table}: refers to ${target}, which is not on every server`)
  }
  return faults
}

function uniqueKeys(words: string): string[][] {
  const lists = [...words.matchAll(/(?:primary key|unique) ?\(([^)]*)\)/g)].map(([, list]) => list!)
  const index = /^create unique index \w+ on \w+\(([^)]*)\)/.exec(words)?.[1]
  const inline = [...words.matchAll(/[(,] ?(\w+) [\w ]*?(?:primary key|unique)(?! ?\()/g)].map(([, column]) => column!)
  return [...lists, ...(index ? [index] : []), ...inline].map((list) => list.split(',').map((name) => name.trim()))
}

interface TableUse {
  table: string
  alias: string
  /** 0 in the statement itself and in what it selects from, more in sub-selects that are conditions or columns. */
  depth: number
}

/** What Citus would refuse or answer wrongly in this statement; empty when all is well. */
export function findFaults(text: string, layout: Layout): string[] {
  const words = text.replace(/\s+/g, ' ').trim()
  const uses = tablesOf(words, layout)
  const spread = uses.filter(({ table }) => layout.distributed.has(table))
  const checks: [isFault: boolean, fault: string][] = [
    [/;/.test(words), 'two statements in one message'],
    [/\bunnest\b/.test(words), 'unnest is ten times as slow as rows of values'],
    [/\binsert into [^(]*\([^)]*\) select\b/.test(words), 'insert ... select counts rows it skipped'],
    [/\bwith recursive\b/.test(words), 'recursion over several servers'],
    [/\b(random|nextval|now|clock_timestamp|statement_timestamp|gen_random_uuid)\(|\bcurrent_(date|time|timestamp)\b/.test(words), 'a volatile function: pass the value'], // oxfmt-ignore
    [movesRow(words, layout), 'changes the column that its table is spread by'],
    [locksSpread(words, spread, layout), 'locks rows of a spread table without naming one contact'],
    [spread.some(({ depth }) => depth > 0) && !spread.some(({ depth }) => depth === 0) && uses.some(({ depth }) => depth === 0), 'looks into a spread table for each row of one that is not'], // oxfmt-ignore
    [!isColocated(words, spread, layout), 'joins tables that do not lie together, or not by contact'],
  ]
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault)
}

function tablesOf(words: string, layout: Layout): TableUse[] {
  const uses: TableUse[] = []
  // What each open parenthesis is: a sub-select that is looked into row by row, or anything else.
  const open: boolean[] = []
  for (const match of words.matchAll(/\((?= ?select\b)|[()]|\b(?:from|join|into|update) (\w+)(?: (?!set\b|where\b|on\b|join\b|left\b|order\b|group\b|limit\b|for\b|values\b)(\w+))?/g)) {
    const [piece, table, alias] = match
    if (piece === '(') open.push(/\b(in|exists|,|=|select|and|or|not|then|else|when) ?$/.test(words.slice(0, match.index)) && /^\( ?select\b/.test(words.slice(match.index)))
    else if (piece === ')') open.pop()
    else if (table && isTable(table, layout)) uses.push({ table, alias: alias ?? table, depth: open.filter(Boolean).length })
  } // oxfmt-ignore
  return uses
}

function isTable(name: string, { reference, distributed, local }: Layout): boolean {
  return reference.has(name) || distributed.has(name) || local.has(name)
}

function movesRow(words: string, { distributed }: Layout): boolean {
  const [, table, set] = /^update (\w+) set (.*?)(?: where |$)/.exec(words) ?? []
  const column = distributed.get(table ?? '')
  return column !== undefined && new RegExp(`(^|, ?)${column} ?=`).test(set!)
}

function locksSpread(words: string, spread: readonly TableUse[], { distributed }: Layout): boolean {
  if (!/\bfor (no key update|update|share)\b/.test(words)) return false
  return spread.some(({ table, alias }) => !new RegExp(`\\b(${alias}\\.)?${distributed.get(table)} = \\?`).test(words))
}

// Several spread tables: all by contact, and each tied to another by it.
function isColocated(words: string, spread: readonly TableUse[], { distributed }: Layout): boolean {
  if (new Set(spread.map(({ table, alias }) => `${table} ${alias}`)).size < 2) return true
  if (/\bunion all\b/.test(words) && new Set(spread.map(({ table }) => table)).size === 1) return true
  if (spread.some(({ table }) => distributed.get(table) !== 'contact_id')) return false
  // Of one contact each: named by it, or tied to what is.
  const named = words.match(/\w+\.contact_id = \?/g)?.length ?? 0
  const ties = words.match(/\w+\.contact_id = \w+\.contact_id|contact_id in \(select contact_id from/g)?.length ?? 0
  return ties >= spread.length - Math.max(1, named)
}
