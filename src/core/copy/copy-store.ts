// Copies everything a store holds into an empty one, of the same engine or another: `contrail copy`. Bounded in memory;
// cut off at any point and run again, it goes on. Whether both are the same then, compare-stores.ts tells.

import type { Snapshot, Store } from '../../db/db.ts'
import { inParts, Sql } from '../../db/sql.ts'
import type { SqlValue } from '../../db/sql.ts'
import { ContrailError } from '../../errors.ts'
import { advance, claimTarget } from './claim.ts'
import type { CopyState } from './claim.ts'
import { countRows, orderFor, selectRows, tables } from './tables.ts'
import type { Table } from './tables.ts'

export interface CopyOptions {
  /** `copied` by this run, `done` of `size` by all runs together. */
  onProgress?: (progress: { table: string; copied: number; done: number; size: number }) => void
  onResume?: (table: string) => void
}

type Row = readonly SqlValue[]

/** Rows in one transaction. */
const batch = 16_384
const largeBatch = 64
/** Values in one statement, where it is a round trip. Elsewhere each row has its own, which costs SQLite half as much. */
const remoteValues = 16_384

/** Returns how many rows it copied: none when an earlier run had finished. */
export async function copyStore(source: Store, target: Store, options: CopyOptions = {}): Promise<number> {
  let state = await claimTarget(source, target)
  if (state.table === null) return 0
  if (state.table !== tables[0]!.name || state.after) options.onResume?.(state.table)
  return source.snapshot(async (snapshot) => {
    const sizes = new Map<string, number>()
    for (const table of tables) sizes.set(table.name, await count(snapshot, table))
    const size = sum([...sizes.values()])
    const first = tables.findIndex(({ name }) => name === state.table)
    let done = sum(tables.slice(0, first).map(({ name }) => sizes.get(name)!))
    if (state.after) done += await target.snapshot((reader) => count(reader, tables[first]!))
    let copied = 0
    for (const [i, table] of tables.entries()) {
      if (i < first) continue
      state = await copyTable(snapshot, target, table, state, (rows) => {
        copied += rows
        options.onProgress?.({ table: table.name, copied, done: done + copied, size })
      })
      const next: CopyState = { ...state, table: tables[i + 1]?.name ?? null, after: null }
      await target.transaction((tx) => advance(tx, state, next))
      state = next
    }
    return copied
  })
}

async function copyTable(
  snapshot: Snapshot,
  target: Store,
  table: Table,
  begun: CopyState,
  onRows: (count: number) => void,
): Promise<CopyState> {
  const order = orderFor(target, table)
  const places = order.map((column) => table.columns.indexOf(column))
  const insertion = new Insertion(table)
  let state = begun
  const rows = selectRows(table, { order, after: state.after ?? undefined })
  for await (const part of snapshot.stream(rows, table.isLarge ? largeBatch : batch)) {
    const next = { ...state, after: places.map((place) => part.at(-1)![place]!) }
    await target
      .transaction(async (tx) => {
        await advance(tx, state, next)
        for (const piece of inParts(part, insertion.rowsFor(tx.isRemote)))
          await tx.run(tx.isRemote ? insertion.asTexts(piece) : insertion.of(piece))
      })
      .catch((error: unknown) => {
        if (error instanceof ContrailError) throw error
        throw new ContrailError('copy_failed', `table "${table.name}": ${(error as Error).message}`, { cause: error })
      })
    state = next
    onRows(part.length)
  }
  return state
}

/** Texts of one table's inserts. The same number of rows is the same statement. */
class Insertion {
  readonly #table: Table
  readonly #bySize = new Map<number, string[]>()

  constructor(table: Table) {
    this.#table = table
  }

  rowsFor(isRemote: boolean): number {
    return isRemote ? Math.floor(remoteValues / this.#table.columns.length) : 1
  }

  of(rows: readonly Row[]): Sql {
    return new Sql(this.#textFor(rows.length), rows.flat())
  }

  /** Numbers as texts, which a server reads as what the column is: absent or not, the statement stays the same. */
  asTexts(rows: readonly Row[]): Sql {
    const values = rows.flat().map((value) => (typeof value === 'number' ? String(value) : value))
    return new Sql(this.#textFor(rows.length), values)
  }

  #textFor(count: number): string[] {
    let text = this.#bySize.get(count)
    if (text) return text
    const { name, columns } = this.#table
    const row = `(${columns.map(() => '?').join()})`
    const all = `insert into ${name}(${columns.join()}) values ${Array.from({ length: count }, () => row).join()} on conflict do nothing`
    text = all.split('?')
    this.#bySize.set(count, text)
    return text
  }
}

async function count(snapshot: Snapshot, table: Table): Promise<number> {
  for await (const [row] of snapshot.stream(countRows(table), 1)) return Number(row![0])
  return 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
