// Commands that wait for mail to go out send it themselves where no server does.

import { setTimeout } from 'node:timers/promises'
import type { App } from '../../app.ts'
import { jobKinds } from '../../core/jobs/job-kinds.ts'
import { startJobs } from '../../core/jobs/run-jobs.ts'
import { startSender } from '../../core/sending/sender.ts'
import { isAnyoneSending } from '../../core/sending/sending-process.ts'
import { ContrailError } from '../../errors.ts'
import type { CliContext } from './context.ts'

export interface Sending extends AsyncDisposable {
  /**
   * Waits for so many ms. Takes over where the server that sent is gone: throws ConfigError where this process can't.
   * Throws a ContrailError when this process sends and is asked to stop: what it has not handed over goes back.
   */
  pause(ms: number): Promise<void>
}

/** To be called before anything is queued. Throws ConfigError where neither a server nor this process can send. */
export async function sendHereIfNobodyDoes(context: CliContext, app: App): Promise<Sending> {
  const started: AsyncDisposable[] = []
  const stop = new AbortController()
  const takeOver = async (): Promise<void> => {
    if (started.length > 0 || (await isAnyoneSending(app.db, app.now()))) return
    started.push(startSender(app.senderHost()))
    context.stderr.write('No server is sending: this command does it.\n')
    started.push(startJobs(app, jobKinds))
    void context.stopRequested().then(() => stop.abort())
  }
  await takeOver()
  return {
    pause: async (ms) => {
      await setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined)
      if (stop.signal.aborted)
        throw new ContrailError('stopped', 'stopped: what is left goes out when a server or a command sends again')
      await takeOver()
    },
    [Symbol.asyncDispose]: async () => {
      for (const part of started) await part[Symbol.asyncDispose]()
    },
  }
}

/** For who does not wait: says so where nothing would go out now. */
export async function warnIfNobodySends(context: CliContext, app: App): Promise<void> {
  if (await isAnyoneSending(app.db, app.now())) return
  context.stderr.write('No server is sending: it goes out when one does ("contrail serve" with a relay).\n')
}
