// Do two stores hold the same? Counts and checksums of every table, by account where its rows tell whose they are.
// A checksum is of the typed values, the same on every engine and in any order of rows. Used by `contrail copy`.

import { hash } from 'node:crypto'
import type { Snapshot, Store } from '../../db/db.ts'
import type { SqlValue } from '../../db/sql.ts'
import { accountColumn, selectRows, tables } from './tables.ts'
import type { Table } from './tables.ts'

interface Side {
  rows: number
  /** Hex. */
  checksum: string
}

export interface Comparison {
  table: string
  /** Null: of the whole store, or of rows that don't say whose they are. */
  accountId: number | null
  source: Side
  target: Side
  isEqual: boolean
}

export interface CompareOptions {
  onProgress?: (progress: { table: string; rows: number }) => void
  /** Told once for each text of the source whose NUL the other engine had to replace. */
  onReplacedNul?: (table: string) => void
}

const batch = 8192
const largeBatch = 64

/** One line for each table and account that either side has rows of, in the order of the tables. */
export async function* compareStores(
  source: Store,
  target: Store,
  options: CompareOptions = {},
): AsyncGenerator<Comparison> {
  const keepsNul = source.holdsNul && target.holdsNul
  for (const table of tables) {
    const [ours, theirs] = await Promise.all([
      source.snapshot((snapshot) => digest(snapshot, table, keepsNul, options)),
      target.snapshot((snapshot) => digest(snapshot, table, keepsNul, {})),
    ])
    for (const accountId of new Set([...ours.keys(), ...theirs.keys()])) {
      const [a, b] = [sideOf(ours.get(accountId)), sideOf(theirs.get(accountId))]
      const isEqual = a.rows === b.rows && a.checksum === b.checksum
      yield { table: table.name, accountId, source: a, target: b, isEqual }
    }
  }
}

interface Sum {
  rows: number
  /** Sums of 32 bits of each row's digest, so that the order does not matter and equal rows don't cancel out. */
  lanes: Uint32Array
}

async function digest(
  snapshot: Snapshot,
  table: Table,
  keepsNul: boolean,
  { onProgress, onReplacedNul }: CompareOptions,
): Promise<Map<number | null, Sum>> {
  const sums = new Map<number | null, Sum>()
  const column = accountColumn(table)
  const onNul = keepsNul ? undefined : () => onReplacedNul?.(table.name)
  for await (const part of snapshot.stream(selectRows(table), table.isLarge ? largeBatch : batch)) {
    for (const row of part) {
      const accountId = column === undefined ? null : (row[column] as number | null)
      let sum = sums.get(accountId)
      if (!sum) sums.set(accountId, (sum = { rows: 0, lanes: new Uint32Array(4) }))
      add(sum, row, onNul)
    }
    onProgress?.({ table: table.name, rows: part.length })
  }
  return sums
}

function add(sum: Sum, row: readonly SqlValue[], onNul: (() => void) | undefined): void {
  const bytes = hash('sha256', JSON.stringify(row.map((value) => plain(value, onNul))), 'buffer')
  for (let lane = 0; lane < 4; lane++) sum.lanes[lane]! += bytes.readUInt32LE(lane * 4)
  sum.rows++
}

function plain(value: SqlValue, onNul: (() => void) | undefined): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  if (!onNul || typeof value !== 'string' || !value.includes('\0')) return value
  onNul()
  return value.replaceAll('\0', '\ufffd')
}

function sideOf(sum: Sum | undefined): Side {
  const lanes = sum ? [...sum.lanes] : [0, 0, 0, 0]
  return { rows: sum?.rows ?? 0, checksum: lanes.map((lane) => lane.toString(16).padStart(8, '0')).join('') }
}
