// Compiles MJML in a thread of its own. Started by app.ts; the other half is core/campaigns/mjml-compiler.ts.

import { parentPort } from 'node:worker_threads'
import { compileMjml } from './mail/mjml.ts'

parentPort!.on('message', (source: string) => {
  void compileMjml(source).then((result) => parentPort!.postMessage(result))
})
