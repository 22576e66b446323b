// `contrail bounces review list|show|assign|drop`: reports that nobody can be sure whom they are about.

import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { assignReport } from '../../core/bounces/assign-report.ts'
import { getReview, listReviews, nobodysAccount, removeReview } from '../../core/bounces/review.ts'
import type { Review } from '../../core/bounces/review.ts'
import { bounceDescriptions } from '../../core/events/event.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getCampaignNamed } from './find-campaign.ts'
import { getContactNamed } from './find-contact.ts'
import { formatTime, printable, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface AssignOptions extends AccountOptions {
  contact?: string
  campaign?: string
}

const perPage = 200

export function addReview(bounces: Command, context: CliContext): void {
  const review = bounces.command('review').summary('reports that wait for a decision')
  withAccount(review.command('list').summary('list them, the newest first')).action((options: AccountOptions) =>
    list(context, options),
  )
  withAccount(review.command('show <id>').summary('one of them, with what is proposed'))
    .option('--raw', 'the mail itself, as it came')
    .action((id: string, options: AccountOptions & { raw?: boolean }) => show(context, id, options))
  withAccount(review.command('assign <id>').summary('say whom it is about: it takes effect'))
    .option('--contact <email-or-id>', 'the contact; else the one proposed')
    .option('--campaign <campaign>', 'the campaign by id or name; else the one proposed')
    .action((id: string, options: AssignOptions) => assign(context, id, options))
  withAccount(review.command('drop <id>').summary('nothing follows from it')).action(
    (id: string, options: AccountOptions) => drop(context, id, options),
  )
}

/** The account's, then those of which nobody knows whose they are: the operator sees both. */
async function list(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async ({ db }, { accountId }) => {
    const rows: string[][] = []
    for (const owner of [accountId, nobodysAccount])
      for (let after: Review | undefined; ;) {
        const page = await listReviews(db, owner, { after, limit: perPage })
        if (options.json) for (const review of page) await print(context, toJson(review))
        else rows.push(...page.map(toRow))
        if (page.length < perPage) break
        after = page.at(-1)
      }
    if (options.json) return
    const header = ['ID', 'RECEIVED (UTC)', 'REASON', 'KIND', 'STATUS', 'RECIPIENT', 'SAID']
    for (const line of renderTable(header, rows, context.stdout.columns)) await print(context, line)
  })
}

function toRow({ reviewId, receivedAt, reason, kind, status, recipient, diagnostic, subject }: Review): string[] {
  return [reviewId, formatTime(receivedAt), reason, kind, status ?? '', recipient ?? '', diagnostic ?? subject ?? '']
}

function toJson({ accountId, storedAt, receivedAt, ...review }: Review): string {
  const times = { storedAt: new Date(storedAt).toISOString(), receivedAt: new Date(receivedAt).toISOString() }
  return JSON.stringify({ ...review, isNobodys: accountId === nobodysAccount, ...times })
}

async function show(context: CliContext, id: string, options: AccountOptions & { raw?: boolean }): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const { raw, ...review } = await findReview(app, accountId, id)
    if (options.raw) return void context.stdout.write(raw)
    if (options.json) return print(context, toJson(review))
    for (const [name, value] of linesOf(review))
      if (value !== null) await print(context, `${`${name}:`.padEnd(15)} ${printable(String(value))}`)
  })
}

function linesOf(review: Review): [name: string, value: string | number | null][] {
  const { letter, contactId, campaignId } = review
  return [
    ['id', review.reviewId],
    ['received', `${formatTime(review.receivedAt)} UTC by ${review.way}`],
    ['reason', review.reason],
    ['kind', review.kind],
    ['code', letter && `${letter} (${bounceDescriptions[letter]})`],
    ['status', review.status],
    ['recipient', review.recipient],
    ['said', review.diagnostic],
    ['subject', review.subject],
    ['envelope from', review.envelopeFrom === '' ? '<>' : review.envelopeFrom],
    ['envelope to', review.envelopeTo],
    ['seems to be', contactId && `about contact ${contactId} and campaign ${campaignId}`],
  ]
}

async function assign(context: CliContext, id: string, options: AssignOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const review = await findReview(app, accountId, id)
    const contact =
      options.contact === undefined ? undefined : await getContactNamed(app.db, accountId, options.contact)
    const campaign =
      options.campaign === undefined ? undefined : await getCampaignNamed(app.db, accountId, options.campaign)
    const contactId = contact?.contactId ?? review.contactId
    const campaignId = campaign?.campaignId ?? review.campaignId
    if (contactId === null || campaignId === null)
      throw new InvalidInputError('nothing is proposed: name the contact and the campaign', 'contact')
    const isProposed = contactId === review.contactId && campaignId === review.campaignId
    const message = { accountId, contactId, campaignId, sendNo: isProposed ? (review.sendNo ?? 0) : 0 }
    const effect = await assignReport(app.db, review, message, app.now())
    const done = { recorded: 'recorded', duplicate: 'known already', noted: 'noted; it is no event' }[effect]
    await print(context, options.json ? JSON.stringify({ effect, ...message }) : `Contact ${contactId}: ${done}.`)
  })
}

async function drop(context: CliContext, id: string, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const { accountId: owner, reviewId } = await findReview(app, accountId, id)
    await app.db.transaction((tx) => removeReview(tx, owner, reviewId))
    await print(context, options.json ? JSON.stringify({ reviewId }) : 'It is gone, and nothing follows from it.')
  })
}

async function findReview({ db }: App, accountId: number, id: string): Promise<Review & { raw: Uint8Array }> {
  try {
    return await getReview(db, accountId, id)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    return getReview(db, nobodysAccount, id)
  }
}
