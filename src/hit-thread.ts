// Stores hits in a thread of its own, with its own connection to the embedded store, so that the server answers while a
// disk syncs. Started by app.ts with the path of the database.

import { parentPort, workerData } from 'node:worker_threads'
import type { HitBatch, HitBatchDone } from './core/tracking/hit-store.ts'
import type { Hit } from './core/tracking/hit.ts'
import { storeHits } from './core/tracking/store-hits.ts'
import { emergencyPages } from './db/sqlite-checkpoint.ts'
import { openSqlite } from './db/sqlite.ts'
import { UnavailableError } from './errors.ts'

const db = openSqlite(workerData as string, { checkpointPages: emergencyPages })
const answer = (done: HitBatchDone): void => parentPort!.postMessage(done)

parentPort!.on('message', ({ batchNo, hits, now }: HitBatch) => {
  db.transaction((tx) => storeHits(tx, JSON.parse(hits) as Hit[], now)).then(
    () => answer({ batchNo }),
    (error: Error) => answer({ batchNo, failure: error.message, isRefused: !(error instanceof UnavailableError) }),
  )
})
