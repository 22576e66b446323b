// Moves hits from the spool into the store. One that no store takes is set aside, so that it holds up nobody behind it.
// Called by record-hits.ts again and again.

import { UnavailableError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Hit } from './hit.ts'
import type { HitStore } from './hit-store.ts'
import type { HitCounts } from './record-hits.ts'
import type { Spool, SpooledHit } from './spool.ts'

/** Drained at a time. */
const perDrain = 500

/** `others`: another process is at it. Throws what the store or the spool is away with; what is stored twice is there once. */
export async function drainSome(
  spool: Spool,
  store: HitStore,
  holder: string,
  now: () => number,
  counts: HitCounts,
  log: Log,
): Promise<'some' | 'nothing' | 'others'> {
  // Looking alone writes nothing.
  if ((await spool.read(1)).length === 0) return 'nothing'
  if (!(await spool.lease(holder, now()))) return 'others'
  const waiting = await spool.read(perDrain)
  await drain(waiting)
  if (waiting.length < perDrain) await spool.release(holder)
  return 'some'

  // All or none are stored: where it is none, one half after the other, down to the one at fault.
  async function drain(entries: readonly SpooledHit[]): Promise<void> {
    if (entries.length === 0) return
    const refusal = await storeEntries(store, entries)
    if (refusal === undefined) {
      await spool.remove(entries)
      counts.drained += entries.length
    } else if (entries.length === 1) {
      await spool.setAside(entries[0]!, refusal.message, now())
      counts.setAside++
      log.error({ err: refusal, spoolNo: entries[0]!.spoolNo }, 'hit set aside: the store refuses it')
    } else {
      const middle = entries.length >> 1
      await drain(entries.slice(0, middle))
      await drain(entries.slice(middle))
    }
  }
}

/** What the store will refuse again; undefined when they are stored. Throws UnavailableError. */
async function storeEntries(store: HitStore, entries: readonly SpooledHit[]): Promise<Error | undefined> {
  try {
    await store.store(entries.map(({ hit }) => JSON.parse(hit) as Hit))
    return undefined
  } catch (error) {
    if (error instanceof UnavailableError) throw error
    return error instanceof Error ? error : new Error(String(error))
  }
}
