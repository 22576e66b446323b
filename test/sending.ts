// An account that sends by a real SMTP server on loopback. Used by the tests of sending.

import { setTimeout } from 'node:timers/promises'
import type { Campaign } from '../src/core/campaigns/campaign.ts'
import type { CampaignContent } from '../src/core/campaigns/campaign.ts'
import { createDraft } from '../src/core/campaigns/write-campaign.ts'
import { importContact } from '../src/core/contacts/import-contact.ts'
import type { ImportedContact } from '../src/core/contacts/import-contact.ts'
import { jobKinds } from '../src/core/jobs/job-kinds.ts'
import { startJobs } from '../src/core/jobs/run-jobs.ts'
import { findListByName } from '../src/core/lists/list.ts'
import { addSender } from '../src/core/senders/sender.ts'
import { getProgress } from '../src/core/sending/campaign-progress.ts'
import type { CampaignProgress } from '../src/core/sending/campaign-progress.ts'
import { startSender } from '../src/core/sending/sender.ts'
import type { SenderHost } from '../src/core/sending/sender.ts'
import { parseRelayUrl } from '../src/mail/relay-url.ts'
import type { Engine } from './databases.ts'
import { addAccount, openTestApp, testCredentials } from './server.ts'
import type { TestApp } from './server.ts'
import { startSmtpSink } from './smtp-sink.ts'
import type { SinkAnswers, SmtpSink } from './smtp-sink.ts'

export interface SendingTest extends TestApp {
  accountId: number
  sink: SmtpSink
  /** A draft to the members of one list, who are made. */
  draft(people: readonly (string | ImportedContact)[], content?: CampaignContent): Promise<Campaign>
  /** Sends and does jobs until `work` is done; `more` replaces what the sender gets of the app. */
  whileSending<T>(work: () => Promise<T>, more?: Partial<SenderHost>): Promise<T>
  /** Until the campaign is in one of these states, or ten seconds have passed. */
  until(campaignId: number, isEnough: (progress: CampaignProgress) => boolean): Promise<CampaignProgress>
}

export const content: CampaignContent = {
  subject: 'Hello {{ contact.first_name | default: "you" }}',
  fromName: "Joe's Flowers",
  fromEmail: 'joe@joesflowers.example',
  replyToEmail: 'shop@joesflowers.example',
  organizationName: "Joe's Flowers",
  organizationAddress1: '1 Main Street',
  organizationCity: 'Waltham',
  organizationPostalCode: '02451',
  organizationCountry: 'us',
  html: '<html><body><h1>Dear {{ contact.first_name }}</h1><a href="https://shop.example/roses?a=1&amp;b=2">Roses</a></body></html>',
}

export async function startSending(
  answers: SinkAnswers = {},
  engine?: Engine,
  { pool = 4 } = {},
): Promise<SendingTest> {
  const sink = await startSmtpSink(answers)
  const settings = {
    relay: parseRelayUrl(`${sink.url}?pool=${pool}`),
    publicHost: 'track.test',
    publicScheme: 'https' as const,
    bounceDomain: 'bounce.test',
  }
  const test = await openTestApp(settings, engine)
  const { app, clock } = test
  const accountId = await addAccount(app, testCredentials)
  for (const email of ['joe@joesflowers.example', 'shop@joesflowers.example'])
    await addSender(app.db, accountId, email, clock.now)
  let drafts = 0
  return {
    ...test,
    accountId,
    sink,
    draft: async (people, more = {}) => {
      const list = `List ${++drafts}`
      await app.db.transaction(async (tx) => {
        for (const person of people) {
          const contact = typeof person === 'string' ? { email: person } : person
          await importContact(tx, accountId, { ...contact, lists: [list] }, clock.now)
        }
      })
      const listId = await findListByName(app.db, accountId, list)
      const write = { name: `Campaign ${drafts}`, content: { ...content, ...more }, listIds: [listId!] }
      return createDraft(app.db, accountId, write, clock.now)
    },
    whileSending: async (work, more) => {
      await using _jobs = startJobs(app, jobKinds)
      await using _sender = startSender({ ...app.senderHost(), ...more })
      return await work()
    },
    until: async (campaignId, isEnough) => {
      for (let tries = 0; ; tries++) {
        const progress = await getProgress(app.db, accountId, campaignId)
        if (isEnough(progress)) return progress
        if (tries > 400) throw new Error(`still ${JSON.stringify([progress.run, progress.counts])}`)
        await setTimeout(25)
      }
    },
    [Symbol.asyncDispose]: async () => {
      await test[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
    },
  }
}

/** Every recipient was tried, and nothing waits. */
export function isSent({ run, campaign }: CampaignProgress): boolean {
  return campaign.status === 'sent' && run?.state !== 'running'
}
