// The server under measurement for clicks, as a process of its own. Started by clicks.ts; with "away" its store refuses
// everything, so that hits go to the spool.

import { openApp } from '../src/app.ts'
import type { App } from '../src/app.ts'
import { findOrCreateLink } from '../src/core/campaigns/link.ts'
import { sealToken } from '../src/core/tracking/token.ts'
import { assembleTracking } from '../src/core/tracking/tracking.ts'
import { openSqlite } from '../src/db/sqlite.ts'
import { UnavailableError } from '../src/errors.ts'
import { openLog } from '../src/log.ts'
import { listen } from '../src/server.ts'
import { answerParent, cpuMicros } from './child.ts'
import { campaignIdAt } from './generate.ts'
import { accountId, configOf } from './store.ts'

const campaignId = campaignIdAt(0)
const isAway = process.argv[3] === 'away'
const opened = await openApp(configOf(process.argv[2]!), { log: openLog('silent'), hasThreads: true })
await opened.db.transaction((tx) => findOrCreateLink(tx, campaignId, 'https://www.shop.example/offers/1'))
const app = isAway ? await awayFrom(opened) : opened
const { url } = await listen(app)

// It has seen the link before.
async function awayFrom(held: App): Promise<App> {
  const { log, now, tracking } = held
  await tracking.targets.find(accountId, campaignId, 1)
  await tracking.spool.keepTarget(accountId, campaignId, 1, 'https://www.shop.example/offers/1')
  const refuse = (): Promise<never> => Promise.reject(new UnavailableError('away'))
  const db: App['db'] = {
    all: refuse,
    one: refuse,
    tuples: refuse,
    version: () => undefined,
    transaction: refuse,
    oldestBegunAt: refuse,
    examine: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const around = { folder: process.argv[2]!, openSpool: openSqlite, log, now }
  return { ...held, tracking: assembleTracking(db, tracking.keys, around) }
}

answerParent(({ paths }: { paths?: number }) => ({
  url,
  cpu: cpuMicros(),
  memory: process.memoryUsage().rss,
  paths: Array.from({ length: paths ?? 0 }, (_, i) => {
    const fields = { accountId, contactId: i + 1, campaignId, sendNo: 0, linkNo: 1 }
    return `/c/${sealToken(app.tracking.keys.newest, 'click', fields)}`
  }),
}))
