// The real program as its own process, for tests that start, stop and kill it.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export const program = fileURLToPath(new URL('../bin/contrail', import.meta.url))

/** A folder of its own, gone at the end. */
export async function temporaryFolder(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'contrail-process-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** Starts the program with its data in the folder. */
export function start(folder: string, ...args: string[]): ChildProcess {
  const env = { ...process.env, CONTRAIL_DATA: join(folder, 'data'), CONTRAIL_PORT: '0' }
  return spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs one command to its end. */
export async function run(folder: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = start(folder, ...args)
  const [out, err, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[number]>,
  ])
  return { code, out, err }
}

/** Starts a server, waits until it answers, and kills it at the end unless it has ended. */
export async function serve(
  folder: string,
  ...args: string[]
): Promise<{ child: ChildProcess; url: string } & AsyncDisposable> {
  const child = start(folder, 'serve', ...args)
  let out = ''
  let err = ''
  child.stdout!.setEncoding('utf8')
  const note = (chunk: Buffer): void => void (err += chunk.toString())
  child.stderr!.on('data', note)
  while (!/Stop it with/.test(out)) {
    const [chunk] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])) as [unknown]
    if (typeof chunk !== 'string') throw new Error(`the server ended instead of answering: ${err}`)
    out += chunk
  }
  child.stderr!.off('data', note)
  const url = /Contrail is at (\S+)/.exec(out)![1]!
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { child, url, [Symbol.asyncDispose]: stop }
}

/** As the demo account. */
export const demo = { authorization: `Basic ${Buffer.from('demo-key%joesflowers:demo').toString('base64')}` }
