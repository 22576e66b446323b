// What tracking needs of the program, opened together: keys, link targets, the spool and the ways for hits and opt-outs.
// Held by App.

import type { Db } from '../../db/db.ts'
import type { Log } from '../../log.ts'
import { TrackingKeys } from './keys.ts'
import { LinkTargets } from './link-targets.ts'
import { storeHere } from './hit-store.ts'
import type { HitStore } from './hit-store.ts'
import { HitRecorder } from './record-hits.ts'
import { Spool } from './spool.ts'
import type { OpenSpool } from './spool.ts'
import { OptOutTaker } from './take-opt-outs.ts'

export interface Tracking extends AsyncDisposable {
  keys: TrackingKeys
  targets: LinkTargets
  hits: HitRecorder
  optOuts: OptOutTaker
  spool: Spool
}

interface Around {
  folder: string
  openSpool: OpenSpool
  log: Log
  now: () => number
  /** Absent where hits are stored by the store's own connection. */
  hitStore?: HitStore | undefined
}

/** Opens nothing but the keys; the spool's file is made when it is first needed. Must be closed before the store is. */
export async function openTracking(db: Db, around: Around): Promise<Tracking> {
  return assembleTracking(db, await TrackingKeys.open(db, around.now), around)
}

/** The same with keys that are known already. */
export function assembleTracking(
  db: Db,
  keys: TrackingKeys,
  { folder, openSpool, log, now, hitStore }: Around,
): Tracking {
  const spool = new Spool(folder, openSpool)
  const hits = new HitRecorder(hitStore ?? storeHere(db, now), spool, log, now)
  const optOuts = new OptOutTaker(db, spool, log, now)
  return {
    keys,
    targets: new LinkTargets(db, spool),
    hits,
    optOuts,
    spool,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([hits[Symbol.asyncDispose](), optOuts[Symbol.asyncDispose]()])
      await spool[Symbol.asyncDispose]()
    },
  }
}
