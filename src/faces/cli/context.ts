// What a command gets from main.ts: the streams, and the ways to open the real things.

import type { Readable, Writable } from 'node:stream'
import type { App, backUp, restore } from '../../app.ts'
import type { Config } from '../../config.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import type { Store } from '../../db/db.ts'
import type { ClientEnvironment } from './remote/environment.ts'

export type Flags = Partial<Record<keyof Config, string>>

export interface Output extends Writable {
  isTTY?: boolean
  columns?: number
}

/** Only `serve` and `create` make a store where there is none; `bulk` suits a process that writes a lot. */
export type Purpose = 'serve' | 'bulk' | 'create' | 'look'

export interface CliContext {
  stdin: Readable & { isTTY?: boolean }
  stdout: Output
  stderr: Output
  /** The settings that these flags and the environment make; throws ConfigError. */
  readConfig(flags: Flags): Config
  /** Opens the store of these settings; the caller closes it. */
  openApp(config: Config, purpose?: Purpose): Promise<App>
  /** The tables alone, for what takes a store as a whole; the caller closes it. */
  openStore(config: Config, mayCreate: boolean): Promise<Store>
  /** Another face's, which this one does not import. */
  hookProviders: HookProviders
  backUp: typeof backUp
  restore: typeof restore
  listen(app: App): Promise<{ url: string; close(): Promise<void> }>
  /** This is one of several processes that serve: another one has prepared the store and talks to the user. */
  isWorker: boolean
  startWorkers(
    config: Config,
    log: App['log'],
  ): Promise<{ url: string; close(): Promise<void>; failed: Promise<never> }>
  /** Resolves with the signal's name when the process is asked to stop; until it is called, signals end the process. */
  stopRequested(): Promise<string>
  /** What the process ends with when the command itself does not fail. */
  exitCode: number
  /** Names of variables that look like settings and are none. */
  unknownVariables: readonly string[]
  /** What the environment says about servers elsewhere. */
  client: ClientEnvironment
}

const unheard = new WeakSet<Output>()

/** Whether anybody reads standard output; not so behind a `| head` that has had enough. */
export function isHeard({ stdout }: CliContext): boolean {
  // The process's own comes back to life after each failure.
  return stdout.writable && !unheard.has(stdout)
}

/** Writes a line to standard output, waiting where the reader is slower than we are. */
export async function print(context: CliContext, line: string): Promise<void> {
  const { stdout } = context
  if (!isHeard(context) || stdout.write(line + '\n')) return
  await new Promise<void>((resolve) => {
    const go = (): void => {
      stdout.off('drain', go).off('close', end)
      resolve()
    }
    const end = (): void => {
      unheard.add(stdout)
      go()
    }
    stdout.once('drain', go).once('close', end)
  })
}
