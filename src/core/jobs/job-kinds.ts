// Every kind of job there is. Names are stored, so they stay. Given to run-jobs.ts by server.ts.

import { activityJobKind, pruneActivitiesJobKind } from '../activities/run-activity.ts'
import { activityJob } from '../activities/submit-activity.ts'
import { finishErasuresJobKind } from '../erasure/finish-erasures.ts'
import { pruneHitsJobKind } from '../tracking/prune-hits.ts'
import { judgeSettledJobKind, judgeSoonJobKind } from '../verdicts/judge-jobs.ts'
import type { JobKinds } from './run-jobs.ts'

export const jobKinds: JobKinds = {
  [activityJob]: activityJobKind,
  'prune-activities': pruneActivitiesJobKind,
  'prune-hits': pruneHitsJobKind,
  'judge-soon': judgeSoonJobKind,
  'judge-settled': judgeSettledJobKind,
  'finish-erasures': finishErasuresJobKind,
}
