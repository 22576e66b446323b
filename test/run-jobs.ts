// Does the jobs that are due now, as a server does behind its answers. For tests of what they do.

import { jobKinds } from '../src/core/jobs/job-kinds.ts'
import { runNextJob } from '../src/core/jobs/run-jobs.ts'
import type { JobHost } from '../src/core/jobs/run-jobs.ts'

export async function runDueJobs(host: JobHost): Promise<void> {
  while (await runNextJob(host, jobKinds, new AbortController().signal));
}
