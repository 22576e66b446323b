// `contrail demo send`: a campaign to the demo's contacts, by real SMTP into mailboxes on this machine, with everything that
// can become of a message.

import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { chooseAccount } from '../../core/accounts/account.ts'
import { createDemoCampaign } from '../../core/demo/demo-campaign.ts'
import { demoContacts } from '../../core/demo/demo-contacts.ts'
import { createDemo, demoCredentials, hasDemo } from '../../core/demo/demo-data.ts'
import { answerDemoMail, readDemoMail } from '../../core/demo/demo-readers.ts'
import type { DemoMail } from '../../core/demo/demo-readers.ts'
import { fateOf } from '../../core/demo/demo-replies.ts'
import type { DemoFate } from '../../core/demo/demo-replies.ts'
import { countCampaignEvents } from '../../core/events/counts.ts'
import { jobKinds } from '../../core/jobs/job-kinds.ts'
import { startJobs } from '../../core/jobs/run-jobs.ts'
import { getProgress } from '../../core/sending/campaign-progress.ts'
import { startSender } from '../../core/sending/sender.ts'
import { startCampaign } from '../../core/sending/start-campaign.ts'
import { ConfigError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { openDemoMailboxes } from './demo-mailboxes.ts'
import { formatCount } from './format.ts'
import { parseCount, settingsOf, withSettings } from './options.ts'
import { ProgressLine } from './progress-line.ts'

interface DemoOptions extends Record<string, unknown> {
  count: number
  json?: boolean
}

/** How long mails lie in their mailboxes before they are read, in ms: nobody reads within seconds but machines. */
const readingPause = 32_000
/** How long the demo waits before it tries a busy mailbox again, in ms; a real sender waits five minutes. */
const retryPauses = [2000]

export function addDemo(program: Command, context: CliContext): void {
  const demo = program.command('demo').summary('see it work, with made-up people')
  withSettings(
    demo
      .command('send')
      .summary('send a campaign to 1,000 demo contacts, who refuse, bounce, read, complain and leave'),
    ['dataDir', 'publicHost', 'bounceDomain'],
  )
    .option('--count <number>', 'how many contacts, up to 1200', parseCount, 1000)
    .option('--json', 'JSON on standard output')
    .action((options: DemoOptions) => send(context, options))
}

async function send(context: CliContext, options: DemoOptions): Promise<void> {
  const mails: DemoMail[] = []
  const numbers = new Map(demoContacts().map(({ email, contactId }) => [email, contactId]))
  await using mailboxes = await openDemoMailboxes(
    (email) => numbers.get(email),
    (mail) => void mails.push(mail),
  )
  const flags = settingsOf(options)
  const config = context.readConfig({
    publicHost: 'http://127.0.0.1:8425',
    bounceDomain: 'bounce.joesflowers.example',
    ...flags,
    relay: mailboxes.url,
  })
  await using app = await context.openApp(config, 'create')
  await createDemo(app.db, app.now())
  if (!(await hasDemo(app.db)))
    throw new ConfigError('CONTRAIL_DATA: this folder has real accounts: let the demo have one of its own')
  const { accountId } = await chooseAccount(app.db, demoCredentials.username)
  const campaignId = await createDemoCampaign(app.db, accountId, Math.min(options.count, numbers.size), app.now())
  await sendAll(context, app, accountId, campaignId, mails)
  await tell(context, app, accountId, campaignId, options)
}

/** Until everybody has it, or will not, and those who have it did what they do. */
async function sendAll(
  context: CliContext,
  app: App,
  accountId: number,
  campaignId: number,
  mails: DemoMail[],
): Promise<void> {
  await startCampaign(app.db, accountId, campaignId, app.now())
  await using _jobs = startJobs(app, jobKinds)
  await using _sender = startSender({ ...app.senderHost(), retryPauses })
  const arrived: DemoMail[] = []
  const line = new ProgressLine(context.stderr, 'demo', 'messages', false)
  for (;;) {
    for (const mail of mails.splice(0)) {
      await answerDemoMail(app, mail)
      arrived.push(mail)
    }
    const { run, ended, recipients } = await getProgress(app.db, accountId, campaignId)
    line.show({ count: ended, done: ended, size: recipients })
    if (run?.state === 'done' && mails.length === 0) break
    await setTimeout(100)
  }
  line.say('The mails have arrived. Their readers take half a minute to get to them.')
  await setTimeout(readingPause)
  for (const mail of arrived) await readDemoMail(app, mail)
  line.end()
}

const examples: readonly [fate: DemoFate, sentence: string][] = [
  ['unknown-user', 'no such mailbox'],
  ['full', 'a mailbox that is full'],
  ['blocked', 'a server that wants no mail from us'],
  ['busy', 'deferred once, then accepted'],
  ['returned', 'accepted, and returned later'],
  ['complains', 'pressed "spam"'],
  ['unsubscribes', 'unsubscribed with one click'],
  ['clicks', 'opened and clicked'],
]

async function tell(
  context: CliContext,
  app: App,
  accountId: number,
  campaignId: number,
  options: DemoOptions,
): Promise<void> {
  const { counts, recipients, campaign } = await getProgress(app.db, accountId, campaignId)
  const events = await countCampaignEvents(app.db, accountId, campaignId)
  if (options.json) return print(context, JSON.stringify({ campaign: campaignId, recipients, counts, events }))
  await print(context, `${campaign.name}: ${formatCount(recipients)} recipients`)
  for (const [kind, count] of Object.entries(events))
    if (count > 0) await print(context, `  ${kind.padEnd(10)} ${formatCount(count).padStart(6)}`)
  await print(context, '\nOne of each kind:')
  const people = demoContacts().slice(0, options.count)
  const { key, username, password } = demoCredentials
  for (const [fate, sentence] of examples) {
    const person = people.find(({ contactId }) => fateOf(contactId) === fate)
    if (person) await print(context, `  contrail events ${person.email.padEnd(36)} # ${sentence}`)
  }
  const bounced = people.find(({ contactId }) => fateOf(contactId) === 'unknown-user')
  if (!bounced) return
  await print(
    context,
    `\nThe same on the 2008 wire, with "contrail serve":\n  curl -u '${key}%${username}:${password}' 'http://127.0.0.1:8425/ws/customers/${username}/contacts/${bounced.contactId}/events/bounces'`,
  )
}
