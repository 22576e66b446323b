// The program: arguments and environment in, exit code out. The only file that sees the process.

import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { backUp, openApp, openStore, restore } from './app.ts'
import { readConfig, unknownVariables } from './config.ts'
import type { CliContext, Flags } from './faces/cli/context.ts'
import { runCommand } from './faces/cli/program.ts'
import { clientVariables, readClientEnvironment } from './faces/cli/remote/environment.ts'
import { openLog } from './log.ts'
import { hookProviders, listen } from './server.ts'
import { joinWorkers, startWorkers, stopOrdered } from './workers.ts'

/** Few checkpoints: for a process that writes a lot and answers nobody. */
const bulk = { checkpointPages: 16_000 }

export async function main(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<void> {
  // What is stored is for its owner alone: databases, their logs, rejected lines.
  process.umask(0o077)
  // A reader that went away, as `| head` does, is no failure, and no reason to leave an import half done.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const { isWorker } = cluster
  const ordered = isWorker ? [stopOrdered()] : []
  const context: CliContext = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    readConfig: (flags: Flags) => readConfig(flags, env),
    openApp: (config, purpose) =>
      openApp(config, {
        log: openLog(purpose === 'serve' ? config.logLevel : 'warn'),
        mayCreate: purpose === 'serve' || purpose === 'create',
        hasThreads: purpose === 'serve',
        ...(purpose === 'bulk' && { sqlite: bulk }),
      }),
    openStore: async (config, mayCreate) =>
      (await openStore(config, { log: openLog('warn'), sqlite: bulk, mayCreate })).db,
    hookProviders,
    backUp,
    restore,
    listen: async (app) => {
      const listening = await listen(app, { isWorker })
      if (isWorker) joinWorkers(listening)
      return listening
    },
    isWorker,
    startWorkers,
    stopRequested: () => {
      const signalled = new Promise<string>((resolve) => {
        // A terminal's Ctrl-C and some supervisors reach every process, more than once: one of several stops in its own time.
        for (const signal of ['SIGTERM', 'SIGINT'] as const)
          process[isWorker ? 'on' : 'once'](signal, () => resolve(signal))
      })
      return Promise.race([signalled, ...ordered])
    },
    exitCode: 0,
    unknownVariables: unknownVariables(env, clientVariables),
    client: readClientEnvironment(env, process.platform),
  }
  const code = await runCommand(context, argv, readVersion())
  if (code !== 0) process.exitCode = code
  // The connection to the watching process would keep this one.
  cluster.worker?.disconnect()
}

function readVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
