// `contrail hooks endpoint create|list|rotate|connect|remove`: the addresses that providers of mail post to.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { urlHost } from '../../config.ts'
import { changeSecrets, createEndpoint, listEndpoints, removeEndpoint } from '../../core/inbox/endpoint.ts'
import type { Endpoint } from '../../core/inbox/endpoint.ts'
import { checkNewSecrets, countSecrets, rotateSecrets } from '../../core/inbox/endpoint-secrets.ts'
import type { HookProviderName } from '../../core/inbox/hook-event.ts'
import type { HookSecrets } from '../../core/inbox/hook-provider.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatTime, renderTable } from './format.ts'
import { providerOption } from './hooks-parse.ts'
import { withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

export function addHooksEndpoint(hooks: Command, context: CliContext): void {
  const endpoint = hooks.command('endpoint').summary('addresses that providers post to')
  withAccount(withSettings(endpoint.command('create').summary('make an address for a provider'), ['publicHost']))
    .addOption(providerOption().makeOptionMandatory())
    .option('--name <text>', 'what it is for', '')
    .option('--secret <key>', 'what the provider signs with, or its public key; made up for generic when left out')
    .option('--basic-auth <user:password>', 'for providers that sign nothing: what they log in with')
    .option('--topic <arn>', 'SES: a topic of SNS that is yours; several by naming it again', collect)
    .option('--certificate <file>', 'SES: believe this certificate (PEM) instead of fetching the one named')
    .option('--create', 'make contacts and campaigns that are missing from what is told of them')
    .addHelpText('after', examples)
    .action((options: CreateOptions) => create(context, options))
  withAccount(
    withSettings(endpoint.command('list').summary('list them, without their secrets'), ['publicHost']),
  ).action((options: AccountOptions) => list(context, options))
  withAccount(endpoint.command('rotate <id>').summary('take a new secret beside the one there is'))
    .option('--secret <key>', 'the new one; made up for generic when left out')
    .option('--basic-auth <user:password>', 'the new one')
    .option('--finish', 'forget the old ones: from now on only the newest is right')
    .action((id: string, options: RotateOptions) => rotate(context, id, options))
  withAccount(endpoint.command('connect <id>').summary('SES: let its topics be confirmed for a day')).action(
    (id: string, options: AccountOptions) => connect(context, id, options),
  )
  withAccount(endpoint.command('remove <id>').summary('take nothing there any more')).action(
    (id: string, options: AccountOptions) => remove(context, id, options),
  )
}

const examples = `
Examples:
  contrail hooks endpoint create --provider sendgrid --secret MFkwEwYHKoZIzj0C... --create
  contrail hooks endpoint create --provider postmark --basic-auth contrail:s3cret
  contrail hooks endpoint create --provider ses --topic arn:aws:sns:us-east-1:123456789012:mail
  contrail hooks endpoint create --provider generic --name "my mailer"`

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

interface SecretOptions extends AccountOptions {
  secret?: string
  basicAuth?: string
}

interface CreateOptions extends SecretOptions {
  provider: HookProviderName
  name: string
  topic?: string[]
  certificate?: string
  create?: boolean
}

interface RotateOptions extends SecretOptions {
  finish?: boolean
}

async function create(context: CliContext, options: CreateOptions): Promise<void> {
  const { provider, name, secret, basicAuth, topic, certificate } = options
  const pem = certificate === undefined ? undefined : await readFile(certificate, 'utf8')
  const given = { secret, basicAuth, topics: topic, certificate: pem }
  const { secrets, madeUp } = checkNewSecrets(context.hookProviders[provider], given)
  await withAccountApp(context, options, async (app, { accountId }) => {
    const wanted = { provider, name, secrets, creates: options.create === true }
    await show(context, options, app, await createEndpoint(app.db, accountId, wanted, app.now()), madeUp)
  })
}

// What is made up is shown this once.
async function show(
  context: CliContext,
  { json }: AccountOptions,
  app: App,
  endpoint: Endpoint,
  madeUp: string | undefined,
): Promise<void> {
  const url = urlOf(app, endpoint)
  const { endpointId: id, provider } = endpoint
  if (json)
    return print(context, JSON.stringify({ id, provider, url, ...(madeUp !== undefined && { secret: madeUp }) }))
  await print(context, `Give this address to ${provider}; whoever knows it can try to post there:\n\n  ${url}`)
  if (madeUp !== undefined) await print(context, `\nand sign with this secret, shown this once:\n\n  ${madeUp}`)
}

function urlOf({ config }: App, { provider, endpointId }: Endpoint): string {
  const { publicHost, publicScheme, host, port } = config
  const base = publicHost === undefined ? `http://${urlHost(host)}:${port}` : `${publicScheme}://${publicHost}`
  return `${base}/hooks/${provider}/${endpointId}`
}

async function list(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    const endpoints = await listEndpoints(app.db, accountId)
    const lines = options.json
      ? endpoints.map((endpoint) => toJson(app, endpoint))
      : renderTable(
          ['PROVIDER', 'CREATED (UTC)', 'SECRETS', 'CREATES', 'NAME', 'ADDRESS'],
          endpoints.map((endpoint) => [
            endpoint.provider,
            formatTime(endpoint.createdAt),
            String(countSecrets(endpoint.secrets)),
            endpoint.creates ? 'yes' : 'no',
            endpoint.name,
            urlOf(app, endpoint),
          ]),
        )
    for (const line of lines) await print(context, line)
  })
}

function toJson(app: App, endpoint: Endpoint): string {
  const { endpointId: id, provider, name, creates, createdAt, secrets } = endpoint
  const { topics = [] } = secrets
  return JSON.stringify({ id, provider, name, url: urlOf(app, endpoint), creates, secrets: countSecrets(secrets), topics, createdAt: new Date(createdAt).toISOString() }) // oxfmt-ignore
}

async function rotate(context: CliContext, endpointId: string, options: RotateOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    let madeUp: string | undefined
    const change = (held: HookSecrets, provider: HookProviderName): HookSecrets => {
      const rotated = rotateSecrets(held, context.hookProviders[provider], options, options.finish === true)
      madeUp = rotated.madeUp
      return rotated.secrets
    }
    const changed = await changeSecrets(app.db, accountId, endpointId, change, app.now())
    const sentence = options.finish ? 'Only the newest secret is right now.' : 'The new secret is right, and the one before it still is: --finish ends that.' // oxfmt-ignore
    if (options.json) return print(context, JSON.stringify({ id: endpointId, secrets: countSecrets(changed.secrets), ...(madeUp !== undefined && { secret: madeUp }) })) // oxfmt-ignore
    await print(context, sentence)
    if (madeUp !== undefined) await print(context, `\nSign with this secret, shown this once:\n\n  ${madeUp}`)
  })
}

async function connect(context: CliContext, endpointId: string, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, (app, { accountId }) =>
    changeSecrets(app.db, accountId, endpointId, (held) => held, app.now()),
  )
  const sentence = 'Subscriptions of its topics are confirmed for a day: subscribe, or request confirmation again, now.'
  await print(context, options.json ? JSON.stringify({ id: endpointId }) : sentence)
}

async function remove(context: CliContext, endpointId: string, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, (app, { accountId }) =>
    removeEndpoint(app.db, accountId, endpointId, app.now()),
  )
  await print(context, options.json ? JSON.stringify({ id: endpointId }) : 'Nothing is taken there any more.')
}
