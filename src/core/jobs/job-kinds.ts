// Every kind of job there is. Names are stored, so they stay. Given to run-jobs.ts by server.ts.

import { activityJobKind, pruneActivitiesJobKind } from '../activities/run-activity.ts'
import { activityJob } from '../activities/submit-activity.ts'
import { pruneReviewsJobKind } from '../bounces/prune-reviews.ts'
import { finishErasuresJobKind } from '../erasure/finish-erasures.ts'
import { freezeRecipientsJobKind } from '../sending/freeze-recipients.ts'
import { cancelCampaignJobKind } from '../sending/settle-run.ts'
import { cancelJob, freezeJob } from '../sending/start-campaign.ts'
import { pruneOutgoingJobKind } from '../sending/prune-outgoing.ts'
import { resolveUnknownJobKind } from '../sending/unknown-messages.ts'
import { pruneForwardsJobKind } from '../forwards/prune-forwards.ts'
import { pruneEventsJobKind } from '../retention/prune-events.ts'
import { pruneHitsJobKind } from '../retention/prune-hits.ts'
import { pruneAnswersJobKind } from '../requests/kept-answers.ts'
import { judgeSettledJobKind, judgeSoonJobKind } from '../verdicts/judge-jobs.ts'
import { replayJob, replayJobKind } from '../verdicts/replay-job.ts'
import { pruneAttemptsJobKind } from '../webhooks/attempts.ts'
import type { JobKinds } from './run-jobs.ts'

export const jobKinds: JobKinds = {
  [activityJob]: activityJobKind,
  'prune-activities': pruneActivitiesJobKind,
  'prune-hits': pruneHitsJobKind,
  'prune-events': pruneEventsJobKind,
  'prune-forwards': pruneForwardsJobKind,
  'judge-soon': judgeSoonJobKind,
  'judge-settled': judgeSettledJobKind,
  'prune-answers': pruneAnswersJobKind,
  [replayJob]: replayJobKind,
  'finish-erasures': finishErasuresJobKind,
  [freezeJob]: freezeRecipientsJobKind,
  [cancelJob]: cancelCampaignJobKind,
  'resolve-unknown': resolveUnknownJobKind,
  'prune-outgoing': pruneOutgoingJobKind,
  'prune-bounce-reviews': pruneReviewsJobKind,
  'prune-webhook-attempts': pruneAttemptsJobKind,
}
