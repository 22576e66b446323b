// Takes a whole file in: streams it, stores it window by window, remembers how far it came. Called by faces/cli.

import type { Readable } from 'node:stream'
import type { Db } from '../../db/db.ts'
import { applyWindow, copyOf, nothingKnown } from './apply.ts'
import type { KnownSoFar, Outcome } from './apply.ts'
import { patient } from './patient.ts'
import { findProgress, forgetProgress, noProgress, saveProgress } from './progress.ts'
import type { ImportCounts, Progress } from './progress.ts'
import { readCsv } from './read-csv.ts'
import { readLines } from './read-lines.ts'
import type { ImportEntry } from './read-lines.ts'
import { RejectsFile } from './rejects.ts'
import { fingerprint, openSource } from './source.ts'

export interface ImportOptions {
  /** Path of the input; "-" reads `stdin`. */
  file: string
  stdin: Readable
  rejectsPath: string
  format?: 'csv' | 'ndjson' | undefined
  /** CSV: column name -> field. */
  map?: ReadonlyMap<string, string> | undefined
  /** Store nothing, judge everything. */
  isDryRun?: boolean | undefined
  /** Stop at the first line that is refused; what stands before it is stored. */
  isStrict?: boolean | undefined
  now: () => number
  /** Lines sorted and stored together: more of them share pages of the store, and take more memory. */
  windowLines?: number
  onIgnoredColumns?: ((columns: string[]) => void) | undefined
  onResume?: ((line: number) => void) | undefined
  /** The store is away, and the import waits for it. */
  onWait?: ((reason: string) => void) | undefined
  onProgress?: ((progress: { line: number; bytesRead: number; size: number | undefined }) => void) | undefined
}

export interface ImportResult {
  counts: ImportCounts
  rejectsPath: string
  /** True when `isStrict` ended it early. */
  isStopped: boolean
}

const defaultWindowLines = 50_000
/** A window of long lines is stored earlier, so that memory stays bounded. In characters. */
const maxWindowText = 32 * 2 ** 20

/** Safe to repeat and to kill at any time, and waits for a store that is away: what was stored is found again, and the rest is read from where it stopped. */
export async function importFile(given: Db, accountId: number, options: ImportOptions): Promise<ImportResult> {
  const db = patient(given, (reason) => options.onWait?.(reason))
  const mark = options.isDryRun
    ? undefined
    : await fingerprint(options.file, [options.format, [...(options.map ?? [])]])
  const begun = mark === undefined ? undefined : await findProgress(db, accountId, mark)
  const progress = begun ?? noProgress()
  if (begun) options.onResume?.(begun.line)
  const rejects = await RejectsFile.open(options.rejectsPath, options.file, progress.rejectsBytes)
  const known: KnownSoFar | undefined = options.isDryRun ? nothingKnown() : undefined
  try {
    const isStopped = await storeAll(db, accountId, {
      ...options,
      mark,
      progress,
      rejects,
      known,
      rejectedIds: new Set(),
    })
    if (mark !== undefined) await db.transaction((tx) => forgetProgress(tx, accountId, mark))
    return { counts: progress.counts, rejectsPath: options.rejectsPath, isStopped }
  } finally {
    await rejects.close()
  }
}

interface Run extends ImportOptions {
  mark: string | undefined
  progress: Progress
  rejects: RejectsFile
  known: KnownSoFar | undefined
  /** Contacts whose own line was refused: events that name them by id mean somebody else. */
  rejectedIds: Set<number>
}

async function storeAll(db: Db, accountId: number, run: Run): Promise<boolean> {
  const { progress } = run
  // A CSV is always read from its header on; its lines are skipped by number.
  const source = await openSource(run.file, run.stdin, run.format)
  const isCsv = source.format === 'csv'
  const batches = isCsv
    ? readCsv(source.chunks, progress.line, { map: run.map, onIgnored: run.onIgnoredColumns })
    : readLines(skip(source.chunks, progress.offset), progress)
  let window: ImportEntry[] = []
  let windowText = 0
  let isStopped = false
  const flush = async (): Promise<void> => {
    isStopped = await storeWindow(db, accountId, run, window)
    window = []
    windowText = 0
    run.onProgress?.({ line: progress.line, bytesRead: source.bytesRead(), size: source.size })
  }
  const windowLines = run.windowLines ?? defaultWindowLines
  for await (const batch of batches) {
    for (const entry of batch) {
      window.push(entry)
      windowText += entry.text.length
      if (window.length >= windowLines || windowText >= maxWindowText) await flush()
      if (isStopped) return true
    }
  }
  await flush()
  return isStopped
}

async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk
    left = Math.max(0, left - chunk.length)
  }
}

async function storeWindow(db: Db, accountId: number, run: Run, whole: readonly ImportEntry[]): Promise<boolean> {
  const { progress, rejects, mark } = run
  const now = run.now()
  const window = run.isStrict ? await untilFirstBad(db, accountId, whole, run, now) : whole
  const outcomes = await applyWindow(db, accountId, window, { now, known: run.known, rejectedIds: run.rejectedIds })
  // A crash before the last step repeats the window, and cuts the rejects back to what was noted.
  await rejects.write(run.file, window)
  count(progress.counts, window, outcomes)
  const last = window.at(-1)
  if (last) Object.assign(progress, { offset: last.end, line: last.line })
  progress.rejectsBytes = rejects.bytes
  if (mark !== undefined) await db.transaction((tx) => saveProgress(tx, accountId, mark, progress, now))
  return run.isStrict === true && window.some((entry) => entry.problem)
}

/** The entries up to the first that can't be taken, and that one; found by judging all of them first. */
async function untilFirstBad(
  db: Db,
  accountId: number,
  entries: readonly ImportEntry[],
  { known, rejectedIds }: Run,
  now: number,
): Promise<readonly ImportEntry[]> {
  await applyWindow(db, accountId, entries, { now, known: copyOf(known ?? nothingKnown()), rejectedIds })
  const bad = entries.findIndex((entry) => entry.problem)
  return bad < 0 ? entries : entries.slice(0, bad + 1)
}

function count(
  counts: ImportCounts,
  entries: readonly ImportEntry[],
  outcomes: ReadonlyMap<ImportEntry, Outcome>,
): void {
  for (const entry of entries) {
    const row = counts[entry.item?.type ?? 'unreadable']
    row.read++
    if (entry.problem) row.rejected++
    else row[outcomes.get(entry)!]++
  }
}
