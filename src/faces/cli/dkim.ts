// `contrail dkim create|list|retire`: the keys that sign an account's mail.

import type { Command } from 'commander'
import { createDkimKey, listDkimKeys, retireDkimKey } from '../../core/sending/dkim-keys.ts'
import { renderDkimRecord } from '../../mail/dkim-key.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface KeyOptions extends AccountOptions {
  selector: string
}

export function addDkim(program: Command, context: CliContext): void {
  const dkim = program.command('dkim').summary('keys that sign mail, and the DNS records that publish them')
  withAccount(dkim.command('create <domain>').summary('a new key; it signs from now on, so publish its record soon'))
    .option('--selector <name>', 'its name in the DNS; else of this month', '')
    .action((domain: string, options: KeyOptions) => create(context, domain, options))
  withAccount(dkim.command('list').summary('all keys, with their records')).action((options: AccountOptions) =>
    list(context, options),
  )
  withAccount(dkim.command('retire <domain>').summary('sign with it no more; leave its record for a week'))
    .requiredOption('--selector <name>', 'its name in the DNS')
    .action((domain: string, options: KeyOptions) => retire(context, domain, options))
}

async function create(context: CliContext, domain: string, options: KeyOptions): Promise<void> {
  const key = await withAccountApp(context, options, (app, { accountId }) => {
    const selector = options.selector || `contrail${new Date(app.now()).toISOString().slice(0, 7).replace('-', '')}`
    return createDkimKey(app.db, accountId, domain, selector, app.now())
  })
  const { name, value, zone } = renderDkimRecord(key)
  if (options.json) return print(context, JSON.stringify({ domain: key.domain, selector: key.selector, name, value }))
  await print(
    context,
    `Publish this record; mail from ${key.domain} is signed with it from now on:\n\n${name}. IN TXT ( ${zone} )`,
  )
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  const keys = await withAccountApp(context, options, (app, { accountId }) => listDkimKeys(app.db, accountId))
  const told = keys.map(({ createdAt, retiredAt, ...key }) => ({ ...renderDkimRecord(key), createdAt, retiredAt }))
  const lines = options.json
    ? told.map(({ name, value, createdAt, retiredAt }) =>
        JSON.stringify({
          name,
          value,
          createdAt: new Date(createdAt).toISOString(),
          retiredAt: retiredAt === null ? null : new Date(retiredAt).toISOString(),
        }),
      )
    : renderTable(
        ['SINCE (UTC)', 'SIGNS', 'NAME', 'TXT'],
        told.map(({ name, value, createdAt, retiredAt }) => [
          formatTime(createdAt),
          retiredAt === null ? 'yes' : 'no',
          name,
          value,
        ]),
        context.stdout.columns,
      )
  for (const line of lines) await print(context, line)
}

async function retire(context: CliContext, domain: string, options: KeyOptions): Promise<void> {
  await withAccountApp(context, options, (app, { accountId }) =>
    retireDkimKey(app.db, accountId, domain, options.selector, app.now()),
  )
  const { selector } = options
  await print(context, options.json ? JSON.stringify({ domain, selector }) : `${selector} of ${domain} signs no more.`)
}
