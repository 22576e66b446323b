// Folds the log of an SQLite file into it, little by little, beside those who write: a commit that did it by itself would
// hold up everything else for as long as the disk takes. Run by checkpoint-thread.ts.

import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'

/** How often it looks, in ms. */
const lookEvery = 50
/** What pays a sync of the file, in pages of the log. */
const worthwhile = 2000

/** What is left to a commit where this does not keep up, in pages. */
export const emergencyPages = 16_000

interface LogState {
  /** Pages in the log; -1 when there is none. */
  log: number
  /** How many of them are in the file as well. */
  checkpointed: number
}

/** Goes on until it is stopped; what it can't do now it tries again. */
export async function keepFolding(path: string, stop: AbortSignal): Promise<void> {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    // Folding takes no lock that anybody who writes or reads waits for.
    const look = db.prepare('pragma wal_checkpoint(noop)')
    const fold = db.prepare('pragma wal_checkpoint(passive)')
    while (!stop.aborted) {
      try {
        const { log, checkpointed } = look.get() as unknown as LogState
        if (log - checkpointed >= worthwhile) fold.get()
      } catch {
        // Busy, or a disk that is full: the log holds all there is.
      }
      await setTimeout(lookEvery, undefined, { signal: stop }).catch(() => undefined)
    }
  } finally {
    db.close()
  }
}
