// Folds the log of the embedded store in a thread of its own. Started by app.ts with the path of the database; ends when it
// is told anything.

import { parentPort, workerData } from 'node:worker_threads'
import { keepFolding } from './db/sqlite-checkpoint.ts'

const stop = new AbortController()
parentPort!.once('message', () => stop.abort())
await keepFolding(workerData as string, stop.signal)
