// Reads mail that came back in a thread of its own. Started by app.ts; the other half is core/bounces/report-parser.ts.

import { parentPort } from 'node:worker_threads'
import { parseReport } from './mail/bounces/parse-report.ts'

parentPort!.on('message', (raw: Uint8Array) => {
  void parseReport(raw).then((report) => parentPort!.postMessage(report))
})
