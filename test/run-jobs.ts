// Does the jobs that are due now, as a server does behind its answers. For tests of what they do.

import { runNextJob } from '../src/core/jobs/run-jobs.ts'
import type { App } from '../src/app.ts'
import type { JobHost } from '../src/core/jobs/run-jobs.ts'
import { allJobKinds } from '../src/server.ts'

export async function runDueJobs(host: JobHost & Pick<App, 'tracking'>): Promise<void> {
  while (await runNextJob(host, allJobKinds(host), new AbortController().signal));
}
