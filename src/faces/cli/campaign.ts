// `contrail campaign create|update|list|delete`: campaigns as drafts. Sending them is campaign-send.ts.

import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { getCampaign, listCampaigns } from '../../core/campaigns/campaign.ts'
import type { Campaign, CampaignContent, CampaignSummary } from '../../core/campaigns/campaign.ts'
import { compileContent } from '../../core/campaigns/compile-source.ts'
import { changeDraft, createDraft, deleteCampaign } from '../../core/campaigns/write-campaign.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { findListByName } from '../../core/lists/list.ts'
import { findTemplateFault } from '../../core/sending/templates.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { addCampaignSending } from './campaign-send.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getCampaignNamed } from './find-campaign.ts'
import { formatTime, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

/** Flags that are one field of the campaign each. */
const fields = {
  subject: ['subject', 'the subject; a template, as all texts are'],
  preheader: ['preheader', 'what mail programs show behind the subject'],
  fromName: ['from-name', 'the name of the sender'],
  organizationName: ['organization', 'who sends it, for the foot of the mail'],
  organizationAddress1: ['address', 'the postal address; the law of most countries wants one'],
  organizationCity: ['city', 'its city'],
  organizationState: ['state', 'its state'],
  organizationPostalCode: ['postal-code', 'its postal code'],
  organizationCountry: ['country', 'its country'],
  permissionReminderText: ['reminder', 'why the reader gets it'],
} as const satisfies Partial<Record<keyof CampaignContent, readonly [flag: string, meaning: string]>>

interface WriteOptions extends AccountOptions {
  from?: string
  replyTo?: string
  html?: string
  mjml?: string
  text?: string
  list?: string[]
  name?: string
}

export function addCampaign(program: Command, context: CliContext): void {
  const campaign = program.command('campaign').summary('campaigns: write, test, send and watch them')
  withContent(withAccount(campaign.command('create <name>').summary('a new draft')))
    .addHelpText(
      'after',
      '\nExample:\n  contrail campaign create "October news" --subject "Hello {{ contact.first_name | default: \'there\' }}" \\\n    --from joe@joesflowers.example --html october.html --list Newsletter --organization "Joe\'s Flowers" --address "1 Main St"',
    )
    .action((name: string, options: WriteOptions) => create(context, name, options))
  withContent(withAccount(campaign.command('update <campaign>').summary('change a draft; what is not given stays')))
    .option('--name <name>', 'another name')
    .action((name: string, options: WriteOptions) => update(context, name, options))
  withAccount(campaign.command('list').summary('the newest first')).action((options: AccountOptions) =>
    list(context, options),
  )
  withAccount(
    campaign.command('delete <campaign>').summary('take it out of all lists; its events and links stay'),
  ).action((name: string, options: AccountOptions) => remove(context, name, options))
  addCampaignSending(campaign, context)
}

function withContent(command: Command): Command {
  for (const [flag, meaning] of Object.values(fields)) command.option(`--${flag} <text>`, meaning)
  return command
    .option('--from <email>', 'the sender, an address of the account ("contrail sender add")')
    .option('--reply-to <email>', 'where answers go; else to the sender')
    .option('--html <file>', 'the mail as HTML ("-": standard input)')
    .option('--mjml <file>', 'the mail as MJML, from which HTML is made now')
    .option('--text <file>', 'the text part; else it is made of the HTML')
    .option('--list <list>', 'a list it goes to, by name or id; may be repeated', collect)
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

async function create(context: CliContext, name: string, options: WriteOptions): Promise<void> {
  const content = await readContent(context, options)
  const campaign = await withAccountApp(context, options, async (app, { accountId }) =>
    createDraft(app.db, accountId, { name, content, listIds: await findLists(app, accountId, options) }, app.now()),
  )
  await print(
    context,
    options.json ? JSON.stringify(toJson(campaign)) : `Campaign ${campaign.campaignId} is a draft: "${campaign.name}".`,
  )
}

async function update(context: CliContext, named: string, options: WriteOptions): Promise<void> {
  const content = await readContent(context, options)
  const campaign = await withAccountApp(context, options, async (app, { accountId }) => {
    const { campaignId } = await getCampaignNamed(app.db, accountId, named)
    const write = { name: options.name, content, listIds: await findLists(app, accountId, options) }
    await changeDraft(app.db, accountId, campaignId, write, app.now())
    return getCampaign(app.db, accountId, campaignId)
  })
  await print(
    context,
    options.json
      ? JSON.stringify(toJson(campaign))
      : `Campaign ${campaign.campaignId} was changed: "${campaign.name}".`,
  )
}

async function readContent(context: CliContext, options: WriteOptions): Promise<CampaignContent> {
  const content: CampaignContent = {}
  for (const [field, [flag]] of Object.entries(fields)) {
    const value = options[flag.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())]
    if (typeof value === 'string') content[field as keyof CampaignContent] = value
  }
  const read = (file: string): Promise<string> => (file === '-' ? text(context.stdin) : readFile(file, 'utf8'))
  if (options.from !== undefined) content.fromEmail = parseEmail(options.from)
  if (options.replyTo !== undefined) content.replyToEmail = parseEmail(options.replyTo)
  if (options.text !== undefined) content.text = await read(options.text)
  if (options.html !== undefined) content.html = await read(options.html)
  if (options.mjml !== undefined) content.mjml = await read(options.mjml)
  if (content.permissionReminderText !== undefined) content.permissionReminder = 'YES'
  const compiled = await compileContent(content)
  for (const warning of compiled.warnings) context.stderr.write(`mjml: ${warning}\n`)
  const fault = findTemplateFault(compiled.content)
  if (fault) throw new InvalidInputError(fault.message, fault.field)
  return compiled.content
}

async function findLists({ db }: App, accountId: number, { list: names }: WriteOptions): Promise<number[] | undefined> {
  if (!names) return undefined
  const ids: number[] = []
  for (const name of names) {
    const listId = (await findListByName(db, accountId, name)) ?? (/^\d{1,9}$/.test(name) ? Number(name) : undefined)
    if (listId === undefined) throw new NotFoundError(`there is no list ${JSON.stringify(name)}`)
    ids.push(listId)
  }
  return [...new Set(ids)]
}

const perPage = 200

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    for (let after: CampaignSummary | undefined; ;) {
      const page = await listCampaigns(app.db, accountId, { after, limit: perPage })
      const rows = page.map(({ campaignId, status, datedAt, name }) => [
        String(campaignId),
        status,
        formatTime(datedAt),
        name,
      ])
      const lines = options.json
        ? page.map((campaign) => JSON.stringify(toJson(campaign)))
        : renderTable(['ID', 'STATUS', 'DATE (UTC)', 'NAME'], rows, context.stdout.columns)
      for (const line of after === undefined || options.json ? lines : lines.slice(1)) await print(context, line)
      if (page.length < perPage) return
      after = page.at(-1)
    }
  })
}

async function remove(context: CliContext, named: string, options: AccountOptions): Promise<void> {
  const { campaignId, name } = await withAccountApp(context, options, async (app, { accountId }) => {
    const campaign = await getCampaignNamed(app.db, accountId, named)
    await deleteCampaign(app.db, accountId, campaign.campaignId)
    return campaign
  })
  await print(context, options.json ? JSON.stringify({ id: campaignId }) : `Campaign ${campaignId} is gone: "${name}".`)
}

function toJson({ campaignId, name, status, datedAt, ...more }: CampaignSummary | Campaign): object {
  const at = new Date(datedAt).toISOString()
  return { id: campaignId, name, status, datedAt: at, ...('content' in more && { content: more.content }) }
}
