// `contrail contact export`: everything the store has of a contact, as one JSON document.

import type { Command } from 'commander'
import type { App } from '../../app.ts'
import {
  readConsents,
  readEvents,
  readForwards,
  readHits,
  readMessages,
  readReviews,
  readSends,
  readVerdicts,
} from '../../core/contacts/contact-record.ts'
import type { Contact } from '../../core/contacts/contact.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { findSuppression } from '../../core/suppressions/suppression.ts'
import { getTracking } from '../../core/tracking/consent.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { eventId, eventJson } from './events.ts'
import { getContactNamed } from './find-contact.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

export function addExport(contact: Command, context: CliContext): void {
  withAccount(contact.command('export <email-or-id>').summary('all there is of a contact, as one JSON document'))
    .addHelpText('after', '\nExamples:\n  contrail contact export jflowers@mail.com > jflowers.json')
    .action((name: string, _: AccountOptions, command: Command) => run(context, name, command.optsWithGlobals()))
}

async function run(context: CliContext, name: string, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const contact = await getContactNamed(app.db, accountId, name)
    await print(context, '{')
    await print(context, `"contact": ${JSON.stringify(await profileOf(app, accountId, contact))},`)
    const lists = await listMemberships(app.db, accountId, contact.contactId)
    await print(context, `"lists": ${JSON.stringify(lists.map(withTimes))},`)
    const suppression = await findSuppression(app.db, accountId, contact.email)
    await print(context, `"suppressions": ${JSON.stringify(suppression ? [withTimes(suppression)] : [])},`)
    const many = rowsOf(app, accountId, contact)
    for (const [i, [section, rows]] of many.entries()) await printArray(context, section, rows, i === many.length - 1)
    await print(context, '}')
  })
}

async function profileOf(app: App, accountId: number, { profile, ...fields }: Contact): Promise<object> {
  const tracking = await getTracking(app.db, accountId, fields.contactId)
  return { ...withTimes(fields), tracking, profile }
}

function rowsOf(
  { db }: App,
  accountId: number,
  { contactId, email }: Contact,
): [section: string, rows: AsyncIterable<object>][] {
  return [
    ['consents', mapped(readConsents(db, accountId, contactId), withTimes)],
    ['sends', mapped(readSends(db, accountId, contactId), withTimes)],
    ['messages', mapped(readMessages(db, accountId, contactId), withTimes)],
    ['forwards', readForwards(db, accountId, contactId)],
    ['events', mapped(readEvents(db, accountId, contactId), eventJson)],
    [
      'verdicts',
      mapped(readVerdicts(db, accountId, contactId), ({ kind, eventId: id, ...verdict }) => {
        return { event: eventId(contactId, kind, id), ...withTimes(verdict) }
      }),
    ],
    ['hits', mapped(readHits(db, accountId, contactId), withTimes)],
    ['bounceReviews', mapped(readReviews(db, accountId, { contactId, email }), withTimes)],
  ]
}

async function* mapped<Row>(rows: AsyncIterable<Row>, toJson: (row: Row) => object): AsyncGenerator<object> {
  for await (const row of rows) yield toJson(row)
}

// As the rows come: there may be more than fit into memory.
async function printArray(
  context: CliContext,
  name: string,
  rows: AsyncIterable<object>,
  isLast: boolean,
): Promise<void> {
  await print(context, `"${name}": [`)
  let before: object | undefined
  for await (const row of rows) {
    if (before) await print(context, `${JSON.stringify(before)},`)
    before = row
  }
  if (before) await print(context, JSON.stringify(before))
  await print(context, isLast ? ']' : '],')
}

/** Times, whose names end in `At`, in words. */
function withTimes(row: object): object {
  const isTime = (name: string, value: unknown): value is number =>
    typeof value === 'number' && (name === 'at' || name.endsWith('At'))
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isTime(name, value) ? new Date(value).toISOString() : value]),
  )
}
