// `contrail contact consent`: what may be noted of a contact, and how we know.

import { Option } from 'commander'
import type { Command } from 'commander'
import { getTracking, listConsents, setConsent, trackingLevels } from '../../core/tracking/consent.ts'
import type { TrackingLevel } from '../../core/tracking/consent.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getContactNamed } from './find-contact.ts'
import { formatTime, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

interface ConsentOptions extends AccountOptions {
  tracking?: TrackingLevel
  source?: string
  wording?: string
}

/** Longer than any form, shorter than a mistake. */
const maxSource = 200
const maxWording = 2000
/** More than a contact ever changes its mind. */
const maxShown = 1000

export function addConsent(contact: Command, context: CliContext): void {
  withAccount(contact.command('consent <email-or-id>').summary('show or note what a contact agreed to'))
    .addOption(
      new Option(
        '--tracking <level>',
        'full: note opens and clicks; aggregate: only count them; none: note nothing',
      ).choices(trackingLevels),
    )
    .option('--source <text>', 'how you know, such as a form or a letter; needed with --tracking')
    .option('--wording <text>', 'the words it was asked with')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail contact consent jflowers@mail.com\n  contrail contact consent jflowers@mail.com --tracking none --source "letter of 3 May"',
    )
    // The command above has options of the same names, and takes them.
    .action((name: string, _: ConsentOptions, command: Command) => run(context, name, command.optsWithGlobals()))
}

async function run(context: CliContext, name: string, options: ConsentOptions): Promise<void> {
  const { tracking, source, wording = '' } = options
  if (tracking !== undefined && !source)
    throw new InvalidInputError('--tracking needs --source: how do you know?', 'source')
  if (tracking === undefined && (source !== undefined || wording !== ''))
    throw new InvalidInputError('--source and --wording belong to --tracking', 'tracking')
  if ((source ?? '').length > maxSource) throw new InvalidInputError(`--source has at most ${maxSource} characters`)
  if (wording.length > maxWording) throw new InvalidInputError(`--wording has at most ${maxWording} characters`)
  await withAccountApp(context, options, async (app, { accountId }) => {
    const { contactId } = await getContactNamed(app.db, accountId, name)
    if (tracking !== undefined)
      await setConsent(app.db, accountId, contactId, { tracking, source: source!, wording, at: app.now() })
    const now = await getTracking(app.db, accountId, contactId)
    const consents = await listConsents(app.db, accountId, contactId, maxShown)
    if (options.json) {
      const said = consents.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }))
      return print(context, JSON.stringify({ id: contactId, tracking: now, consents: said }))
    }
    await print(context, `Tracking: ${now}`)
    const rows = consents.map((consent) => [formatTime(consent.at), consent.tracking, consent.source, consent.wording])
    if (rows.length === 0) return print(context, 'Nothing was ever said about it.')
    for (const line of renderTable(['AT (UTC)', 'TRACKING', 'SOURCE', 'WORDING'], rows, context.stdout.columns))
      await print(context, line)
  })
}
