// How far an import of a file came, so that it can go on after a crash. Used by import-file.ts.

import type { Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

export const lineTypes = ['contact', 'campaign', 'list', 'event', 'unreadable'] as const
type LineType = (typeof lineTypes)[number]

export interface TypeCounts {
  read: number
  new: number
  updated: number
  same: number
  rejected: number
}

export type ImportCounts = Record<LineType, TypeCounts>

export interface Progress {
  /** Decompressed bytes that are done. */
  offset: number
  line: number
  counts: ImportCounts
  /** Bytes of the rejects file that belong to what is done. */
  rejectsBytes: number
}

export function noProgress(): Progress {
  const none = (): TypeCounts => ({ read: 0, new: 0, updated: 0, same: 0, rejected: 0 })
  return {
    offset: 0,
    line: 0,
    counts: { contact: none(), campaign: none(), list: none(), event: none(), unreadable: none() },
    rejectsBytes: 0,
  }
}

/** Undefined when the file was never begun, or was finished. */
export async function findProgress(db: Reader, accountId: number, fingerprint: string): Promise<Progress | undefined> {
  const row = await db.one<{ offset: number; line: number; counts: string }>(sql`
    select file_offset as "offset", line, counts from import_progress where account_id = ${accountId} and fingerprint = ${fingerprint}`)
  return (
    row && {
      offset: row.offset,
      line: row.line,
      ...(JSON.parse(row.counts) as Pick<Progress, 'counts' | 'rejectsBytes'>),
    }
  )
}

export async function saveProgress(
  tx: Tx,
  accountId: number,
  fingerprint: string,
  progress: Progress,
  now: number,
): Promise<void> {
  const { offset, line, counts, rejectsBytes } = progress
  await tx.run(sql`
    insert into import_progress(account_id, fingerprint, file_offset, line, counts, updated_at)
    values (${accountId}, ${fingerprint}, ${offset}, ${line}, ${JSON.stringify({ counts, rejectsBytes })}, ${now})
    on conflict (account_id, fingerprint) do update set file_offset = excluded.file_offset, line = excluded.line,
      counts = excluded.counts, updated_at = excluded.updated_at`)
}

/** A finished file is forgotten: importing it again reads it again, and finds everything there. */
export async function forgetProgress(tx: Tx, accountId: number, fingerprint: string): Promise<void> {
  await tx.run(sql`delete from import_progress where account_id = ${accountId} and fingerprint = ${fingerprint}`)
}
