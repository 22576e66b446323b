// The command line: all commands, and what a failure looks like. Run by main.ts.

import { Command, CommanderError } from 'commander'
import { ContrailError } from '../../errors.ts'
import { addAccount } from './account.ts'
import { addApi } from './api.ts'
import { addApplication } from './application.ts'
import { addBackup, addRestore } from './backup.ts'
import { addBounces } from './bounces.ts'
import { addCampaign } from './campaign.ts'
import { addContact } from './contact.ts'
import type { CliContext } from './context.ts'
import { addCompletion } from './completion.ts'
import { addCopy } from './copy.ts'
import { addDemo } from './demo-send.ts'
import { addDoctor } from './doctor.ts'
import { addEvents } from './events.ts'
import { fillNow } from './fill-later.ts'
import { printable, renderJson } from './format.ts'
import { addHooks } from './hooks.ts'
import { addImport } from './import.ts'
import { addKey } from './key.ts'
import { addList } from './list.ts'
import { addMigrate } from './migrate.ts'
import { addDkim } from './dkim.ts'
import { addProfile } from './profile.ts'
import { RemoteError } from './remote/remote-error.ts'
import { addSend } from './send.ts'
import { addSenderCommand } from './sender.ts'
import { addServe } from './serve.ts'
import { addSuppressions } from './suppressions.ts'
import { addTail } from './tail.ts'
import { addToken } from './token.ts'
import { addTracking } from './tracking.ts'
import { addUser } from './user.ts'
import { addVerdicts } from './verdicts.ts'
import { addWebhooks } from './webhooks.ts'

/** Runs one command and returns the exit code: 0, 1 when it failed, 2 when it was called wrongly. */
export async function runCommand(context: CliContext, argv: readonly string[], version: string): Promise<number> {
  const program = createProgram(context, version)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    reportFailure(context, error, argv.includes('--json'))
    const isUsage = error instanceof ContrailError && error.code === 'invalid_input'
    return isUsage || (error instanceof RemoteError && error.isUsage) ? 2 : 1
  }
}

function createProgram(context: CliContext, version: string): Command {
  const program = new Command('contrail')
    .description('Keeps what every contact did with every mail, and answers in milliseconds.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    })
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail serve --demo\n  contrail account create joesflowers\n  contrail import history.ndjson.gz\n  contrail contact jflowers@mail.com\n  contrail events jflowers@mail.com --kind click\n\nOn a server elsewhere:\n  contrail profile add shop --url https://mail.example.com\n  contrail api contacts list --email jflowers@mail.com\n\nFor the shell, as "contrail completion --help" says: eval "$(contrail completion bash)"',
    )
  for (const add of [
    addServe,
    addAccount,
    addKey,
    addUser,
    addContact,
    addEvents,
    addTail,
    addImport,
    addList,
    addCampaign,
    addSend,
    addDkim,
    addSenderCommand,
    addSuppressions,
    addHooks,
    addWebhooks,
    addBounces,
    addApplication,
    addToken,
    addMigrate,
    addCopy,
    addBackup,
    addRestore,
    addTracking,
    addVerdicts,
    addDemo,
    addDoctor,
    addProfile,
    addApi,
    addCompletion,
  ])
    add(program, context)
  program.hook('preSubcommand', (_, command) => fillNow(command))
  return program
}

function reportFailure(context: CliContext, error: unknown, isJson: boolean): void {
  const { code, message: whole } = explain(error)
  const message = printable(whole.length > 1000 ? `${whole.slice(0, 1000)}…` : whole)
  const { faults = [], requestId } = error instanceof RemoteError ? error : {}
  if (isJson) {
    const more = { ...(faults.length > 0 && { errors: faults }), ...(requestId !== undefined && { requestId }) }
    context.stderr.write(`${renderJson({ error: { code, message, ...more } })}\n`)
  } else {
    context.stderr.write(`contrail: ${message} [${printable(code)}]\n`)
    for (const { parameter, pointer, detail } of faults)
      context.stderr.write(printable(`  ${[parameter ?? pointer, detail].filter(Boolean).join(': ')}`) + '\n')
  }
  if (!(error instanceof ContrailError) && !isSystemError(error))
    context.stderr.write(
      `${String((error as Error).stack)
        .split('\n')
        .map(printable)
        .join('\n')}\n`,
    )
}

function explain(error: unknown): { code: string; message: string } {
  if (error instanceof ContrailError) return { code: error.code, message: error.message }
  if (isSystemError(error) && error.code === 'EADDRINUSE')
    return { code: 'address_in_use', message: 'CONTRAIL_PORT: another program listens on this port already' }
  if (isSystemError(error)) return { code: error.code!.toLowerCase(), message: error.message }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
