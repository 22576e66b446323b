// `contrail tracking rotate-key|rewrite|campaign|share`: the addresses in mails, for whoever sends by other means.

import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { endSharing, shareCampaign } from '../../core/campaigns/share.ts'
import { getCampaignTracking, setCampaignTracking, trackingLevels } from '../../core/tracking/consent.ts'
import type { TrackingLevel } from '../../core/tracking/consent.ts'
import { findForwardable } from '../../core/forwards/forward.ts'
import { rotateTrackingKey } from '../../core/tracking/keys.ts'
import { rewriteMail } from '../../core/tracking/rewrite-mail.ts'
import { sealToken } from '../../core/tracking/token.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
import { parseNumericId, withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp, withApp } from './with-app.ts'

export function addTracking(program: Command, context: CliContext): void {
  const tracking = program.command('tracking').summary('the addresses in mails: what signs them, putting them in')
  withAccount(
    withSettings(
      tracking
        .command('rewrite <file>')
        .summary('print a mail with its links through this server, for one contact ("-": standard input)'),
      ['publicHost'],
    ),
  )
    .requiredOption('--contact <email-or-id>', 'whom it is for')
    .requiredOption('--campaign <id>', 'which campaign it is of', parseNumericId)
    .option('--trap', 'with a link at its top that no person sees')
    .addHelpText(
      'after',
      '\nExample:\n  contrail tracking rewrite october.html --contact jflowers@mail.com --campaign 1100537019381 --public-url https://mail.example.com',
    )
    .action((file: string, options: RewriteOptions) => rewrite(context, file, options))
  withAccount(tracking.command('campaign <id>').summary('show or set how much a campaign keeps of its readers'))
    .addOption(new Option('--level <level>', 'every event, only counts, or nothing').choices(trackingLevels))
    .action((id: string, options: LevelOptions) => showLevel(context, parseNumericId(id), options))
  withAccount(
    withSettings(
      tracking.command('share <id>').summary('print an address that shows a campaign to everybody who has it'),
      ['publicHost'],
    ),
  )
    .option('--stop', 'the address shows nothing from then on; sharing again makes another')
    .action((id: string, options: ShareOptions) => share(context, parseNumericId(id), options))
  withSettings(
    tracking
      .command('rotate-key')
      .summary('make a new key; what older ones signed goes on working, and servers use it when they start anew'),
    ['dataDir'],
  )
    .option('--json', 'JSON on standard output')
    .action(async (options: Record<string, unknown>) => {
      const keyNo = await withApp(context, options, (app) => rotateTrackingKey(app.db))
      await print(
        context,
        options['json'] === true
          ? JSON.stringify({ key: keyNo })
          : `Key ${keyNo} signs from now on, in servers that start anew. Older mails go on working.`,
      )
    })
}

interface RewriteOptions extends AccountOptions {
  contact: string
  campaign: number
  trap?: boolean
}

async function rewrite(context: CliContext, file: string, options: RewriteOptions): Promise<void> {
  const html = file === '-' ? await text(context.stdin) : await readFile(file, 'utf8')
  await withAccountApp(context, options, async (app, { accountId }) => {
    const publicUrl = publicUrlOf(app)
    const { contactId } = await getContactNamed(app.db, accountId, options.contact)
    const mail = {
      contactId,
      campaignId: options.campaign,
      sendNo: 0,
      html,
      publicUrl,
    }
    const rewritten = await rewriteMail(app.db, app.tracking.keys.newest, accountId, {
      ...mail,
      isForwardable:
        app.queueForward !== undefined && (await findForwardable(app.db, accountId, mail.campaignId)) !== undefined,
      hasTrap: options.trap === true,
    })
    if (options.json) return print(context, JSON.stringify(rewritten))
    for (const { code, at, url } of rewritten.warnings)
      context.stderr.write(`${file}: ${code} at character ${at + 1}${url === undefined ? '' : `: ${url}`}\n`)
    for (const [page, address] of Object.entries(rewritten.pages)) context.stderr.write(`${page}: ${address}\n`)
    await print(context, rewritten.html)
  })
}

function publicUrlOf({ config: { publicHost, publicScheme } }: App): string {
  if (publicHost !== undefined) return `${publicScheme}://${publicHost}`
  throw new InvalidInputError('say where readers reach this server: --public-url', 'public-url')
}

interface ShareOptions extends AccountOptions {
  stop?: boolean
}

async function share(context: CliContext, campaignId: number, options: ShareOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    if (options.stop) {
      const isEnded = await endSharing(app.db, accountId, campaignId)
      if (options.json) return print(context, JSON.stringify({ campaign: campaignId, address: null }))
      return print(context, isEnded ? 'Its address shows nothing any more.' : 'It was not shared.')
    }
    const publicUrl = publicUrlOf(app)
    const sharedAt = await shareCampaign(app.db, accountId, campaignId, app.now())
    const fields = { accountId, contactId: 0, campaignId, sendNo: sharedAt, linkNo: 0 }
    const address = `${publicUrl}/p/${sealToken(app.tracking.keys.newest, 'share', fields)}`
    await print(context, options.json ? JSON.stringify({ campaign: campaignId, address }) : address)
  })
}

interface LevelOptions extends AccountOptions {
  level?: TrackingLevel
}

async function showLevel(context: CliContext, campaignId: number, options: LevelOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    if (options.level) await setCampaignTracking(app.db, accountId, campaignId, options.level)
    const tracking = await getCampaignTracking(app.db, accountId, campaignId)
    await print(context, options.json ? JSON.stringify({ campaign: campaignId, tracking }) : tracking)
  })
}
