// Commands that wait for mail to go out send it themselves where no server does.

import type { App } from '../../app.ts'
import { jobKinds } from '../../core/jobs/job-kinds.ts'
import { startJobs } from '../../core/jobs/run-jobs.ts'
import { startSender } from '../../core/sending/sender.ts'
import { isAnyoneSending } from '../../core/sending/sending-process.ts'
import type { CliContext } from './context.ts'

/** Throws ConfigError where neither a server nor this process can send. */
export async function sendHereIfNobodyDoes(context: CliContext, app: App): Promise<AsyncDisposable> {
  if (await isAnyoneSending(app.db, app.now())) return { [Symbol.asyncDispose]: async () => undefined }
  const sender = startSender(app.senderHost())
  context.stderr.write('No server is sending: this command does it.\n')
  const jobs = startJobs(app, jobKinds)
  return {
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]()
      await jobs[Symbol.asyncDispose]()
    },
  }
}
