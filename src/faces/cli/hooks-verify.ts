// `contrail hooks verify`: whether a captured request of a provider is genuine, and why not, without storing anything.

import { readFile } from 'node:fs/promises'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { checkNewSecrets } from '../../core/inbox/endpoint-secrets.ts'
import type { HookProviderName } from '../../core/inbox/hook-event.ts'
import type { HookOutside, HookSecrets } from '../../core/inbox/hook-provider.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { printable } from './format.ts'
import { providerOption, readPayload } from './hooks-parse.ts'

interface VerifyOptions {
  provider: HookProviderName
  header: Headers
  secret?: string
  secretFrom?: string
  basicAuth?: string
  topic?: string[]
  certificate?: string
  url: string
  at?: number
  json?: boolean
}

export function addHooksVerify(hooks: Command, context: CliContext): void {
  hooks
    .command('verify <file>')
    .summary("check the signature of a provider's request, storing nothing; - is standard input")
    .addOption(providerOption().makeOptionMandatory())
    .option(
      '--header <line>',
      'a header of the request, as "Name: value"; several by naming it again',
      collectHeader,
      new Headers(),
    ) // oxfmt-ignore
    .option('--secret <key>', 'what the provider signs with, or its public key')
    .option('--secret-from <file>', 'the same, from a file')
    .option('--basic-auth <user:password>', 'what it logs in with')
    .option('--topic <arn>', 'SES: a topic of SNS that is yours; several by naming it again', collect)
    .option('--certificate <file>', "SES: Amazon's certificate (PEM), which is not fetched here")
    .option('--url <address>', 'Mandrill: the address it was posted to, which is signed', '')
    .option('--at <time>', 'when it came: signatures grow old; now unless said', parseTime)
    .option('--json', 'JSON on standard output')
    .addHelpText('after', examples)
    .action((file: string, options: VerifyOptions) => verify(context, file, options))
}

const examples = `
Examples:
  contrail hooks verify --provider sendgrid --secret-from key.txt --at 2026-11-26T10:00:00Z \\
    --header "X-Twilio-Email-Event-Webhook-Timestamp: 1795687200" \\
    --header "X-Twilio-Email-Event-Webhook-Signature: MEUC..." body.json
  contrail hooks verify --provider mailgun --secret "the signing key" --at 2026-11-26T10:00:00Z - < body.json`

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

function collectHeader(line: string, before: Headers): Headers {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/s.exec(line) ?? []
  try {
    before.append(name ?? '', value ?? '')
  } catch {
    throw new InvalidArgumentError('A header is written as "Name: value".')
  }
  return before
}

function parseTime(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new InvalidArgumentError('A time is written as 2026-11-26T10:00:00Z.')
  return at
}

async function verify(context: CliContext, file: string, options: VerifyOptions): Promise<void> {
  const { provider, header, url, at = Date.now() } = options
  const secrets = await readSecrets(context, options)
  const body = await readPayload(context, file)
  const request = { body, url, header: (name: string) => header.get(name) ?? undefined }
  const verified = await context.hookProviders[provider].verify(request, secrets, at, nothingOutside)
  const { isGenuine, ...more } = verified
  if (!isGenuine) context.exitCode = 1
  if (options.json) return print(context, JSON.stringify({ genuine: isGenuine, ...more }))
  if (!verified.isGenuine) return void context.stderr.write(`contrail: not genuine: ${printable(verified.reason)}\n`)
  const name = verified.deliveryId === undefined ? '' : `; the provider calls it ${printable(verified.deliveryId)}`
  await print(context, `It is genuine${name}.`)
}

// Nothing is made up here: what nobody gave can't have signed.
async function readSecrets(context: CliContext, options: VerifyOptions): Promise<HookSecrets> {
  const { provider, secret: given, secretFrom, basicAuth, topic: topics, certificate: path } = options
  if (given !== undefined && secretFrom !== undefined)
    throw new InvalidInputError('--secret and --secret-from say the same twice')
  const secret = secretFrom === undefined ? given : (await readFile(secretFrom, 'utf8')).trim()
  if (provider === 'generic' && secret === undefined) throw new InvalidInputError('generic signs: --secret is needed')
  const certificate = path === undefined ? undefined : await readFile(path, 'utf8')
  return checkNewSecrets(context.hookProviders[provider], { secret, basicAuth, topics, certificate }).secrets
}

const nothingOutside: HookOutside = {
  fetchText: () =>
    Promise.reject(new InvalidInputError('SES: --certificate names the one that SigningCertURL leads to')),
}
