// The server under measurement, as a process of its own: the real app behind the real socket. Started by http.ts.
// With "anew" each page is made anew, as while the store changes: answers that depend on the time are never kept.

import { openApp } from '../src/app.ts'
import { openLog } from '../src/log.ts'
import { listen } from '../src/server.ts'
import { answerParent, cpuMicros } from './child.ts'
import { configOf } from './store.ts'

const settings = process.argv[3] === 'anew' ? { atomHistoryDays: 36_500 } : {}
const app = await openApp({ ...configOf(process.argv[2]!), ...settings }, { log: openLog('silent'), hasThreads: true })
const { url } = await listen(app)
answerParent(() => ({ url, cpu: cpuMicros() }))
