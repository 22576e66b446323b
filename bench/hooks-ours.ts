// The server under measurement for webhooks, as a process of its own, with one endpoint of SendGrid's. Started by hooks.ts;
// asked with `drain` it answers once its inbox is read.

import { generateKeyPairSync } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { openApp } from '../src/app.ts'
import { createEndpoint } from '../src/core/inbox/endpoint.ts'
import { sql } from '../src/db/sql.ts'
import { openLog } from '../src/log.ts'
import { listen } from '../src/server.ts'
import { answerParent, cpuMicros } from './child.ts'
import { accountId, configOf } from './store.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const app = await openApp(configOf(process.argv[2]!), { log: openLog('silent'), hasThreads: true })
const given = { provider: 'sendgrid', name: 'bench', secrets: { keys: [key] }, creates: true } as const
const { endpointId } = await createEndpoint(app.db, accountId, given, app.now())
const { url } = await listen(app)

answerParent(async ({ drain }: { drain?: boolean }) => ({
  url: `${url}/hooks/sendgrid/${endpointId}`,
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  cpu: cpuMicros(),
  memory: process.memoryUsage().rss,
  ...(drain && (await untilDrained())),
}))

async function untilDrained(): Promise<{ events: number; kept: number; failed: number }> {
  const count = async (where: ReturnType<typeof sql>): Promise<number> =>
    (await app.db.one<{ count: number }>(sql`select count(*) as count from ${where}`))!.count
  while ((await app.db.one(sql`select 1 from inbox where state = 'new' limit 1`)) !== undefined) await setTimeout(20)
  return {
    events: await count(sql`event where account_id = ${accountId} and source = 4`),
    kept: await count(sql`inbox`),
    failed: await count(sql`inbox where state <> 'done'`),
  }
}
