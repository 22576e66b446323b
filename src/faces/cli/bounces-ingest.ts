// `contrail bounces ingest`: takes in one mail that came back, as a mail server hands it over through a pipe. Its exit codes
// are those that mail servers know (sysexits.h): whatever may go better later is 75, so that the mail is kept and tried again.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import { parseBounceAddress } from '../../core/bounces/bounce-address.ts'
import { ingestReport, maxMailBytes } from '../../core/bounces/ingest-report.ts'
import type { Ingested } from '../../core/bounces/ingest-report.ts'
import { openMailToken } from '../../core/bounces/open-token.ts'
import { ContrailError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { printable } from './format.ts'
import { withSettings } from './options.ts'
import { withApp } from './with-app.ts'

interface IngestOptions extends Record<string, unknown> {
  recipient?: string
  sender?: string
  json?: boolean
}

const exits = { dataError: 65, noUser: 67, tempFail: 75 } as const

export function addIngest(bounces: Command, context: CliContext): void {
  const command = bounces
    .command('ingest [file]')
    .summary('take in a mail that came back; "-" or nothing is standard input')
  withSettings(command, ['dataDir'])
    .option('--recipient <address>', 'whom it was for by its envelope: the surest sign of which message it is about')
    .option('--sender <address>', 'whom it came from by its envelope')
    .option('--json', 'JSON on standard output')
    .addHelpText(
      'after',
      `
Exit codes, as mail servers know them: 0 taken in and stored, ${exits.dataError} larger than 1 MiB,
${exits.noUser} no address of ours, ${exits.tempFail} try again later.

Examples:
  contrail bounces ingest --recipient b.0a4c@bounce.example.com < bounce.eml
  contrail bounces ingest bounce.eml`,
    )
    .action((file: string | undefined, options: IngestOptions) => ingest(context, file, options))
}

// Nothing leaves here as a failure that would make a mail server give the mail up.
async function ingest(context: CliContext, file: string | undefined, options: IngestOptions): Promise<void> {
  try {
    const raw = await readAll(file === undefined || file === '-' ? context.stdin : createReadStream(file))
    if (!raw) return fail(context, exits.dataError, 'the mail is larger than 1 MiB')
    await withApp(context, options, async (app) => {
      const { recipient, sender } = options
      if (recipient !== undefined && (await isForged(app.tracking.keys, recipient)))
        return fail(context, exits.noUser, `${recipient} is no address of ours`)
      const mail = { raw, envelopeTo: recipient, envelopeFrom: sender, receivedAt: app.now(), way: 'pipe' } as const
      const ingested = await ingestReport(app, mail)
      await print(context, options.json ? JSON.stringify(ingested) : sentenceOf(ingested))
    })
  } catch (error) {
    const code = error instanceof ContrailError ? ` [${error.code}]` : ''
    fail(context, exits.tempFail, `${(error as Error).message}${code}`)
  }
}

/** Undefined when there is too much of it. */
async function readAll(stream: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length
    if (bytes > maxMailBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

/** An address that looks like one of ours with a token that is not. Any other is the mail server's own affair. */
async function isForged(keys: Parameters<typeof openMailToken>[0], recipient: string): Promise<boolean> {
  const parsed = parseBounceAddress(recipient)
  if (!parsed || !('token' in parsed)) return false
  const purpose = parsed.kind === 'send' ? 'verp' : 'unsubscribe'
  return (await openMailToken(keys, purpose, parsed.token, 'hex')) === undefined
}

function fail(context: CliContext, exitCode: number, message: string): void {
  context.exitCode = exitCode
  context.stderr.write(`contrail: ${printable(message)}\n`)
}

function sentenceOf({ outcome, kind, message, reason, reviewId }: Ingested): string {
  const whom = message ? ` about contact ${message.contactId} and campaign ${message.campaignId}` : ''
  const sentences: Record<Ingested['outcome'], string> = {
    recorded: `A report of the kind "${kind}"${whom}: recorded.`,
    duplicate: `A report of the kind "${kind}"${whom}: known already.`,
    noted: `A report of the kind "${kind}"${whom}: nothing follows from it.`,
    review: `A report of the kind "${kind}" waits for a decision (${reason}): contrail bounces review show ${reviewId}`,
    gone: 'It is about a contact or a campaign that is gone: nothing is kept of it.',
    ignored: 'It says nothing about any message of ours: nothing is kept of it.',
  }
  return sentences[outcome]
}
