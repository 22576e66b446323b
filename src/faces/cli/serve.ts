// `contrail serve`: the server itself, until it is asked to stop.

import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { isLoopback, libraryPath, storeName } from '../../config.ts'
import type { Config } from '../../config.ts'
import { addDemoUsers, createDemo, demoCredentials, hasDemo } from '../../core/demo/demo-data.ts'
import { sweepLibrary } from '../../core/library/sweep.ts'
import { createSetupToken } from '../../core/users/setup.ts'
import { ConfigError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { allSettings, settingsOf, withSettings } from './options.ts'

export function addServe(program: Command, context: CliContext): void {
  withSettings(program.command('serve').summary('answer requests until stopped'), allSettings)
    .option('--demo', 'on an empty database, create the demo account first; loopback only')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail serve\n  contrail serve --demo\n  contrail serve --port 80 --host 0.0.0.0 --public-url https://mail.example.com',
    )
    .action((options: Record<string, unknown>) => serve(context, options))
}

async function serve(context: CliContext, options: Record<string, unknown>): Promise<void> {
  const config = context.readConfig(settingsOf(options))
  if (options['demo'] === true) refuseOpenDemo(config)
  await using app = await context.openApp(config, 'serve')
  if (context.isWorker) return await untilStopped(context, app, await context.listen(app))
  for (const name of context.unknownVariables)
    app.log.warn({ variable: name }, 'this variable is no setting of Contrail')
  await sweep(app)
  if (options['demo'] === true) await createDemo(app.db, app.now())
  const isDemo = await hasDemo(app.db)
  if (isDemo) {
    refuseOpenDemo(config)
    await addDemoUsers(app.db, app.now())
  }
  const listening = config.workers > 1 ? await context.startWorkers(config, app.log) : await context.listen(app)
  await print(context, `Contrail is at ${listening.url} with its data in ${storeName(config)}`)
  if (isDemo) await print(context, demoLines(listening.url))
  else await printSetup(context, app, listening.url)
  await print(context, 'Stop it with Ctrl-C.')
  await untilStopped(context, app, listening)
}

interface Serving {
  close(): Promise<void>
  failed?: Promise<never>
}

async function untilStopped(context: CliContext, { log }: App, serving: Serving): Promise<void> {
  try {
    const signal = await Promise.race([context.stopRequested(), ...(serving.failed ? [serving.failed] : [])])
    if (!context.isWorker) log.info({ signal }, 'stopping')
  } finally {
    await serving.close()
  }
}

// Files too many are no reason not to serve.
async function sweep(app: App): Promise<void> {
  try {
    const files = await sweepLibrary(app.db, libraryPath(app.config), app.now())
    if (files > 0) app.log.info({ files }, 'files of no image removed from the library')
  } catch (error) {
    app.log.warn({ err: error }, 'the library could not be swept')
  }
}

// Anybody knows the demo's password.
function refuseOpenDemo(config: Config): void {
  if (isLoopback(config.host)) return
  throw new ConfigError(
    `CONTRAIL_HOST is ${config.host}, but the demo account is only served on a loopback address: use another data folder, or 127.0.0.1`,
  )
}

// As long as nobody can sign in, each start makes a new token, and prints it here alone.
async function printSetup(context: CliContext, app: App, url: string): Promise<void> {
  const token = await createSetupToken(app.db)
  if (token === undefined) return
  const { publicHost, publicScheme } = app.config
  const base = publicHost === undefined ? url : `${publicScheme}://${publicHost}`
  await print(
    context,
    `\nNobody can sign in to the web pages yet. Become the first owner, once, at\n\n  ${base}/setup?token=${token}\n`,
  )
}

function demoLines(url: string): string {
  const { key, username, password } = demoCredentials
  const user = `'${key}%${username}:${password}'`
  return `
Look around at ${url}: one click lets you in.

The demo account: API key ${key}, user ${username}, password ${password}.

1. Find a contact by e-mail:
   curl -u ${user} '${url}/ws/customers/${username}/contacts?email=jflowers@mail.com'
2. Read what it clicked:
   curl -u ${user} '${url}/ws/customers/${username}/contacts/32/events/clicks'
`
}
