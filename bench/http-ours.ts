// The server under measurement, as a process of its own: the real app behind the real socket. Started by http.ts.

import { openApp } from '../src/app.ts'
import { openLog } from '../src/log.ts'
import { listen } from '../src/server.ts'
import { answerParent, cpuMicros } from './child.ts'
import { configOf } from './store.ts'

const app = await openApp(configOf(process.argv[2]!), { log: openLog('silent') })
const { url } = await listen(app)
answerParent(() => ({ url, cpu: cpuMicros() }))
