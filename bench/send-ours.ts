// Our side of the sending bench: a campaign from its frozen recipients to the last 250, with everything on the timeline.
// Started by send.ts.

import { setTimeout } from 'node:timers/promises'
import { openApp } from '../src/app.ts'
import { createDraft } from '../src/core/campaigns/write-campaign.ts'
import { importContacts } from '../src/core/contacts/import-contacts.ts'
import { jobKinds } from '../src/core/jobs/job-kinds.ts'
import { runNextJob } from '../src/core/jobs/run-jobs.ts'
import { findOrCreateList } from '../src/core/lists/write-list.ts'
import { addSender } from '../src/core/senders/sender.ts'
import { getProgress } from '../src/core/sending/campaign-progress.ts'
import { createDkimKey, listDkimKeys } from '../src/core/sending/dkim-keys.ts'
import { startSender } from '../src/core/sending/sender.ts'
import { startCampaign } from '../src/core/sending/start-campaign.ts'
import { openLog } from '../src/log.ts'
import { parseRelayUrl } from '../src/mail/relay-url.ts'
import { answerParent } from './child.ts'
import { domain, html, personOf, poolSize, subject } from './send-mail.ts'
import { accountId, configOf } from './store.ts'

const [dataDir, port] = [process.argv[2]!, process.argv[3]!]
const config = {
  ...configOf(dataDir),
  relay: parseRelayUrl(`smtp://127.0.0.1:${port}?pool=${poolSize}&messages=1000000`),
  publicHost: 'track.example',
  publicScheme: 'https' as const,
  bounceDomain: 'bounce.example',
}
const app = await openApp(config, { log: openLog('error') })
const { db } = app
let drafts = 0

interface Order {
  kind: 'key' | 'fill' | 'send' | 'memory'
  count: number
}

interface Filled {
  freezeSeconds: number
}

let campaignId = 0

answerParent(({ kind, count }: Order): Promise<object> | object => {
  if (kind === 'key') return makeKey()
  if (kind === 'fill') return fill(count)
  if (kind === 'memory') return { rss: process.memoryUsage.rss() }
  return send()
})

async function makeKey(): Promise<object> {
  await addSender(db, accountId, `joe@${domain}`, Date.now())
  await createDkimKey(db, accountId, domain, 'bench', Date.now())
  const [key] = await listDkimKeys(db, accountId)
  return { privateKey: key!.privateKey }
}

/** A campaign to so many new contacts, up to the point where its recipients are written down. */
async function fill(count: number): Promise<Filled> {
  const name = `Draft ${++drafts}`
  const listId = await db.transaction((tx) => findOrCreateList(tx, accountId, name, Date.now()))
  for (let i = 0; i < count; i += 5000) {
    const people = Array.from({ length: Math.min(5000, count - i) }, (_, n) => {
      const { email, ...more } = personOf(i + n)
      return { ...more, email: `${drafts}.${email}`, lists: [name] }
    })
    await db.transaction((tx) => importContacts(tx, accountId, people, Date.now()))
  }
  const content = {
    subject,
    html,
    fromEmail: `joe@${domain}`,
    fromName: "Joe's Flowers",
    organizationAddress1: '1 Main St',
  }
  const draft = await createDraft(db, accountId, { name, content, listIds: [listId] }, Date.now())
  campaignId = draft.campaignId
  await startCampaign(db, accountId, campaignId, Date.now())
  const startedAt = performance.now()
  while ((await getProgress(db, accountId, campaignId)).run?.state === 'freezing')
    await runNextJob(app, jobKinds, new AbortController().signal)
  return { freezeSeconds: (performance.now() - startedAt) / 1000 }
}

async function send(): Promise<{ seconds: number }> {
  const startedAt = performance.now()
  await using _sender = startSender(app.senderHost())
  while ((await getProgress(db, accountId, campaignId)).run?.state !== 'done') await setTimeout(20)
  const { counts, recipients } = await getProgress(db, accountId, campaignId)
  if (counts.accepted !== recipients) throw new Error(`only ${counts.accepted} of ${recipients} were accepted`)
  return { seconds: (performance.now() - startedAt) / 1000 }
}
