// `contrail contact`: who this is and how much happened.

import type { Command } from 'commander'
import type { Contact } from '../../core/contacts/contact.ts'
import { listMailBlocks } from '../../core/suppressions/mail-blocks.ts'
import type { MailBlock } from '../../core/suppressions/mail-blocks.ts'
import { countContactEvents } from '../../core/events/counts.ts'
import type { KindCount } from '../../core/events/counts.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import type { Membership } from '../../core/lists/membership.ts'
import { addConsent } from './consent.ts'
import { addErase } from './contact-erase.ts'
import { addExport } from './contact-export.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
import { formatCount, formatTime, printable, renderJson, renderTable, styled } from './format.ts'
import { refuseStoreOptions, withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { elsewhereOption, withServer } from './remote/client.ts'
import { readCard } from './remote/contacts.ts'
import type { ContactCard } from './remote/contacts.ts'
import { withAccountApp } from './with-app.ts'

export function addContact(program: Command, context: CliContext): void {
  const contact = program.command('contact <email-or-id>').summary('show a contact and how much it did')
  withAccount(contact)
    .addOption(elsewhereOption())
    .addHelpText('after', '\nExamples:\n  contrail contact jflowers@mail.com\n  contrail contact 32 --json')
    .action((name: string, options: ShowOptions) => show(context, name, options))
  addConsent(contact, context)
  addExport(contact, context)
  addErase(contact, context)
}

interface ShowOptions extends AccountOptions {
  profile?: string
}

async function show(context: CliContext, name: string, options: ShowOptions): Promise<void> {
  const card = await (options.profile === undefined ? readStored(context, name, options) : readElsewhere(context, name, options)) // oxfmt-ignore
  const { contact, memberships, counts, blocks } = card
  const lines = options.json
    ? [renderJson({ ...toJson(contact, memberships, counts), mail: blocks })]
    : toCard(context, card)
  for (const line of lines) await print(context, line)
}

function readStored(context: CliContext, name: string, options: ShowOptions): Promise<ContactCard> {
  return withAccountApp(context, options, async (app, { accountId }) => {
    const contact = await getContactNamed(app.db, accountId, name)
    return {
      contact,
      memberships: await listMemberships(app.db, accountId, contact.contactId),
      counts: await countContactEvents(app.db, accountId, contact.contactId),
      blocks: await listMailBlocks(app.db, accountId, contact, app.now()),
    }
  })
}

function readElsewhere(context: CliContext, name: string, options: ShowOptions): Promise<ContactCard> {
  refuseStoreOptions(options)
  return withServer(context, { profile: options.profile! }, (client) => readCard(client, name))
}

function toCard(context: CliContext, { contact, memberships, counts, blocks }: ContactCard): string[] {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(' ')
  const rows: [string, string][] = [
    ['Id', String(contact.contactId)],
    ['Name', name || '(none)'],
    [
      'Status',
      contact.optOutAt === null
        ? contact.status
        : `${contact.status} since ${formatTime(contact.optOutAt)}, by ${contact.optOutSource}: ${contact.optOutReason || 'no reason given'}`,
    ],
    ['Added', formatTime(contact.createdAt)],
    ['Mail', blocks.map(tellBlock).join('; ') || 'may be sent'],
    ['Lists', memberships.map((membership) => membership.listName).join(', ') || '(none)'],
  ]
  const table = renderTable(
    ['EVENT', 'COUNT', 'LAST (UTC)'],
    counts.map(({ kind, count, lastAt }) => [
      kind,
      formatCount(count).padStart(5),
      lastAt === undefined ? '' : formatTime(lastAt),
    ]),
    context.stdout.columns,
  )
  return [
    styled(context.stdout, 'bold', printable(contact.email)),
    ...rows.map(([label, value]) => `${label.padEnd(8)}${printable(value)}`),
    '',
    ...table,
  ]
}

function toJson(contact: Contact, memberships: readonly Membership[], counts: readonly KindCount[]): object {
  const { contactId, optInAt, optOutAt, createdAt, updatedAt, profile, ...plain } = contact
  const time = (at: number | null | undefined): string | null =>
    at === null || at === undefined ? null : new Date(at).toISOString()
  return {
    id: contactId,
    ...plain,
    ...profile,
    optInAt: time(optInAt),
    optOutAt: time(optOutAt),
    createdAt: time(createdAt),
    updatedAt: time(updatedAt),
    lists: memberships.map(({ listId, listName }) => ({ id: listId, name: listName })),
    events: Object.fromEntries(counts.map(({ kind, count, lastAt }) => [kind, { count, lastAt: time(lastAt) }])),
  }
}

function tellBlock({ reason, detail, since, until }: MailBlock): string {
  const end = until === null ? '' : ` until ${formatTime(until)}`
  return `none: ${reason} since ${formatTime(since)}${end}${detail === '' ? '' : ` (${detail})`}`
}
