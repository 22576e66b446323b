import { mkdtemp } from 'node:fs/promises'
import { openApp } from '/tmp/wt/tracking/src/app.ts'
import { openLog } from '/tmp/wt/tracking/src/log.ts'
import { answerHit } from '/tmp/wt/tracking/src/faces/track/answer-hit.ts'
import { sealToken } from '/tmp/wt/tracking/src/core/tracking/token.ts'
import { findOrCreateLink } from '/tmp/wt/tracking/src/core/campaigns/link.ts'
import { configOf, createStore } from '/tmp/wt/tracking/bench/store.ts'
import { campaignIdAt } from '/tmp/wt/tracking/bench/generate.ts'
const dir = await mkdtemp('/tmp/mi-')
await createStore(dir, { events: 0, contacts: 10000, campaigns: 10 })
const app = await openApp(configOf(dir), { log: openLog('silent') })
await app.db.transaction((tx) => findOrCreateLink(tx, campaignIdAt(0), 'https://www.shop.example/offers/1'))
const paths = Array.from(
  { length: 10000 },
  (_, i) =>
    '/c/' +
    sealToken(app.tracking.keys.newest, 'click', {
      accountId: 1,
      contactId: i + 1,
      campaignId: campaignIdAt(0),
      sendNo: 0,
      linkNo: 1,
    }),
)
for (let round = 0; round < 6; round++) {
  const c = process.cpuUsage()
  const t = performance.now()
  let n = 0
  const worker = async (k: number) => {
    for (let i = 0; i < 200; i++) {
      n++
      await answerHit(app, {
        method: 'GET',
        url: paths[(round * 51200 + k * 200 + i) % 10000]!,
        header: () => undefined,
        address: '10.1.2.3',
      })
    }
  }
  await Promise.all(Array.from({ length: 256 }, (_, k) => worker(k)))
  const d = process.cpuUsage(c)
  console.log(
    n,
    'hits',
    Math.round((n / (performance.now() - t)) * 1000),
    '/s cpu us/hit',
    ((d.user + d.system) / n).toFixed(1),
  )
}
process.exit(0)
