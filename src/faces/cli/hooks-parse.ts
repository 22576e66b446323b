// `contrail hooks parse`: what the payloads of a provider say, without storing anything.

import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { hookProviderNames } from '../../core/inbox/hook-event.ts'
import type { HookEvent, HookProviderName, ParsedHook } from '../../core/inbox/hook-event.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, printable, renderTable } from './format.ts'

interface ParseOptions {
  provider: HookProviderName
  json?: boolean
}

export function addHooksParse(hooks: Command, context: CliContext): void {
  hooks
    .command('parse <file...>')
    .summary("show the events in a provider's payloads, storing nothing; - is standard input")
    .addOption(providerOption().makeOptionMandatory())
    .option('--json', 'one JSON object an event on standard output, errors as JSON on standard error')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail hooks parse --provider sendgrid events.json\n  contrail hooks parse --provider mandrill --json - < body.txt',
    )
    .action((files: string[], options: ParseOptions) => parse(context, files, options))
}

export function providerOption(): Option {
  return new Option('--provider <name>', `one of ${hookProviderNames.join(', ')}`).argParser(parseProvider)
}

const aliases: Readonly<Record<string, HookProviderName>> = {
  'ses-sns': 'ses',
  sns: 'ses',
  'amazon-ses': 'ses',
  sendinblue: 'brevo',
  'standard-webhooks': 'generic',
  standard: 'generic',
}

function parseProvider(name: string): HookProviderName {
  const known = hookProviderNames.find((one) => one === name.toLowerCase()) ?? aliases[name.toLowerCase()]
  if (!known) throw new InvalidArgumentError(`A provider is one of ${hookProviderNames.join(', ')}.`)
  return known
}

async function parse(context: CliContext, files: readonly string[], options: ParseOptions): Promise<void> {
  const rows: string[][] = []
  for (const file of files) {
    const { events, problems } = await parseFile(context, file, options.provider)
    for (const { item, message } of problems)
      report(context, options, `${file}: ${item === wholeBody ? '' : `event ${item + 1}: `}${message}`)
    for (const event of events) {
      if (options.json) await print(context, toJson(event, file))
      else rows.push(toRow(event))
    }
  }
  if (options.json) return
  const header = ['AT (UTC)', 'KIND', 'WHY', 'RECIPIENT', 'DETAIL']
  for (const line of renderTable(header, rows, context.stdout.columns)) await print(context, line)
}

/** In place of an item's number. */
const wholeBody = -1

// One file that makes no sense takes no other with it.
async function parseFile(context: CliContext, file: string, provider: HookProviderName): Promise<ParsedHook> {
  try {
    return context.hookProviders[provider].parse(await readPayload(context, file))
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return { events: [], problems: [{ item: wholeBody, message: error.message }] }
  }
}

function report(context: CliContext, { json }: ParseOptions, message: string): void {
  context.exitCode = 1
  const line = json ? JSON.stringify({ error: { code: 'invalid_input', message } }) : `contrail: ${printable(message)}`
  context.stderr.write(`${line}\n`)
}

/** The bytes of a file, or of standard input. */
export async function readPayload(context: CliContext, file: string): Promise<Uint8Array> {
  if (file !== '-') return readFile(file)
  const parts: Buffer[] = []
  for await (const part of context.stdin) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts)
}

function toRow({ at, kind, letter, severity, recipient, url, reply, reason, rawType }: HookEvent): string[] {
  const why = [letter, severity === 'none' ? undefined : severity].filter(Boolean).join(' ')
  const detail = url ?? reply ?? reason ?? (kind === 'unknown' ? rawType : '')
  return [at === undefined ? '' : formatTime(at), kind, why, recipient ?? '(nobody named)', detail]
}

// Every key always, in this order; docs/webhooks-in.md says what they mean.
function toJson(event: HookEvent, file: string): string {
  const { provider, kind, recipient, at } = event
  const fields = {
    provider,
    kind,
    recipient,
    at: at === undefined ? undefined : new Date(at).toISOString(),
    effect: event.effect,
    letter: event.letter,
    severity: event.severity,
    smtpCode: event.smtpCode,
    status: event.status,
    reply: event.reply,
    reason: event.reason,
    url: event.url,
    ip: event.ip,
    userAgent: event.userAgent,
    isMachine: event.isMachine,
    machineMark: event.machineMark,
    messageId: event.messageId,
    sendId: event.sendId,
    providerMessageId: event.providerMessageId,
    providerEventId: event.providerEventId,
    dedupeKey: event.dedupeKey,
    campaign: event.campaign,
    rawType: event.rawType,
    file,
  }
  return JSON.stringify(fields, (_, value: unknown) => value ?? null)
}
