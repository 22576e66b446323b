// The command line run inside the process, for tests: output, errors, exit codes.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { backUp, openApp, openStore, restore } from '../src/app.ts'
import { readConfig, unknownVariables } from '../src/config.ts'
import type { CliContext, Output } from '../src/faces/cli/context.ts'
import { runCommand } from '../src/faces/cli/program.ts'
import { clientVariables, readClientEnvironment } from '../src/faces/cli/remote/environment.ts'
import { openLog } from '../src/log.ts'
import { hookProviders } from '../src/server.ts'

export interface Ran {
  code: number
  out: string
  err: string
}

export interface Cli extends AsyncDisposable {
  folder: string
  run(...args: string[]): Promise<Ran>
  runWith(given: { stdin?: string; env?: Record<string, string> }, ...args: string[]): Promise<Ran>
}

/** In a folder of its own, at a fixed time. */
export async function startCli(): Promise<Cli> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-cli-'))
  const runWith: Cli['runWith'] = async ({ stdin = '', env = {} }, ...args) => {
    const [stdout, stderr] = [new Capture(), new Capture()]
    const environment = { CONTRAIL_DATA: join(folder, 'data'), ...env }
    const context: CliContext = {
      stdin: Readable.from([Buffer.from(stdin)]),
      stdout,
      stderr,
      readConfig: (flags) => readConfig(flags, environment),
      openApp: (config, purpose) =>
        openApp(config, {
          mayCreate: purpose === 'serve' || purpose === 'create',
          log: openLog('silent'),
          now: () => Date.parse('2009-11-19T14:49:21.928Z'),
        }),
      openStore: async (config, mayCreate) => (await openStore(config, { log: openLog('silent'), mayCreate })).db,
      hookProviders,
      backUp,
      restore,
      listen: () => Promise.resolve({ url: 'http://127.0.0.1:1', close: () => Promise.resolve() }),
      isWorker: false,
      startWorkers: () => Promise.reject(new Error('nothing is started here')),
      // A server and a tail would run for ever; everything else comes to its own end.
      stopRequested: () =>
        args[0] === 'serve' || args[0] === 'tail' ? Promise.resolve('SIGTERM') : new Promise(() => undefined),
      exitCode: 0,
      unknownVariables: unknownVariables(environment, clientVariables),
      client: { ...readClientEnvironment({ HOME: folder, ...env }, 'linux'), retries: 0 },
    }
    const code = await runCommand(context, args, '0.1.0')
    return { code, out: stdout.text, err: stderr.text }
  }
  return {
    folder,
    runWith,
    run: (...args) => runWith({}, ...args),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

class Capture extends Writable implements Output {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

/** A contact with 60 opens and a click, as NDJSON. */
export const history = [
  { type: 'campaign', id: 1100537019381, name: 'October Specials', date: '2008-10-03T16:50:04.534Z' },
  { type: 'contact', id: 32, email: 'jflowers@mail.com', lists: ['General Interest'] },
  ...Array.from({ length: 60 }, (_, i) => ({
    type: 'event',
    kind: 'open',
    contact: 32,
    campaign: 1100537019381,
    at: `2008-10-04T00:00:${String(i).padStart(2, '0')}Z`,
  })),
  {
    type: 'event',
    kind: 'click',
    contact: 32,
    campaign: 1100537019381,
    at: '2008-10-03T18:39:02.910Z',
    url: 'http://www.boston.com',
  },
]
  .map((line) => JSON.stringify(line) + '\n')
  .join('')
