// A campaign on its way out through the API: started, scheduled, stopped, and how far it is.

import { z } from 'zod'
import { scheduleCampaignIn, unscheduleCampaignIn } from '../../core/campaigns/schedule.ts'
import { getProgress } from '../../core/sending/campaign-progress.ts'
import { outgoingStates } from '../../core/sending/outgoing.ts'
import { isAnyoneSending } from '../../core/sending/sending-process.ts'
import {
  assertSendableIn,
  cancelCampaignIn,
  pauseCampaignIn,
  resumeCampaignIn,
  startCampaignIn,
} from '../../core/sending/start-campaign.ts'
import { requeueUnknown } from '../../core/sending/unknown-messages.ts'
import type { Reader, Tx } from '../../db/db.ts'
import { requireMatch } from './answer-route.ts'
import { campaignDocument, campaignId, campaignStatus, showCampaign } from './campaigns.ts'
import { route } from './route.ts'
import type { Asked, Route } from './route.ts'
import { epoch, time, timeOrNull } from './schemas.ts'

const one = { id: campaignId }

const count = z.int().min(0)
const counts = z.strictObject(
  Object.fromEntries(outgoingStates.map((state) => [state, count])) as Record<(typeof outgoingStates)[number], typeof count>,
) // oxfmt-ignore
const progressDocument = z
  .strictObject({
    id: campaignId,
    status: campaignStatus,
    state: z.enum(['freezing', 'running', 'paused', 'trailing', 'cancelling', 'done']).nullable().meta({
      description:
        '`freezing`: its recipients are being written down. `running`: messages go out. `trailing`: all were tried, some are to be tried again. Null: it was never started here.',
    }),
    problem: z.string().nullable().meta({ description: 'Why it could not start or go on.' }),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    recipients: count,
    ended: count.meta({ description: 'Recipients for which nothing more will happen.' }),
    counts: counts.meta({
      description:
        'Recipients by what became of them. `deferred`: refused for now. `unknown`: the line broke when the message may or may not have been taken; not sent again by itself. `skipped`: not sent because of the contact. `held`: not sent because mail to it came back.',
    }),
    nextTryAt: time.nullable().meta({ description: 'When the first of the deferred ones is tried again.' }),
    isSending: z.boolean().meta({
      description: 'False while no server hands mail over: then nothing goes out until one with a relay runs.',
    }),
  })
  .meta({ id: 'CampaignProgress' })

async function showProgress(
  db: Reader,
  accountId: number,
  own: number,
  now: number,
): Promise<z.input<typeof progressDocument>> {
  const { campaign, run, nextTryAt, ...numbers } = await getProgress(db, accountId, own)
  // A draft that was tested has a run, but none of its own.
  const started = run && run.runNo > 0 ? run : undefined
  return {
    id: own,
    status: campaign.status,
    state: started?.state ?? null,
    problem: run?.problem ?? null,
    startedAt: timeOrNull(started?.startedAt ?? null),
    endedAt: timeOrNull(started?.endedAt ?? null),
    recipients: numbers.recipients,
    ended: numbers.ended,
    counts: numbers.counts,
    nextTryAt: timeOrNull(nextTryAt ?? null),
    isSending: await isAnyoneSending(db, now),
  }
}

const progress = route({
  method: 'GET',
  path: '/campaigns/{id}/progress',
  operationId: 'getCampaignProgress',
  tag: 'Sending',
  summary: 'How far a campaign is',
  scope: 'read',
  params: one,
  answer: progressDocument,
  handle: async ({ app, accountId, params, now }) => ({
    body: await showProgress(app.db, accountId, params.id, now),
  }),
})

const start = route({
  method: 'POST',
  path: '/campaigns/{id}/start',
  operationId: 'startCampaign',
  tag: 'Sending',
  summary: 'Send a campaign now',
  description:
    'A draft, one that is scheduled, or one that was sent: then to those who have not had it. Refused with 400 when something is missing, which `errors` names as a place in the campaign. With `If-Match` just what was looked at is sent.',
  scope: 'write',
  params: one,
  status: 202,
  answer: progressDocument,
  problems: [400, 403, 409, 412, 422],
  write: async (asked, tx) => {
    const { accountId, params, now } = asked
    await requireMatch(asked, () => showCampaign(tx, accountId, params.id))
    await startCampaignIn(tx, accountId, params.id, now)
    return { body: await showProgress(tx, accountId, params.id, now), location: `/campaigns/${params.id}/progress` }
  },
})

const schedule = route({
  method: 'POST',
  path: '/campaigns/{id}/schedule',
  operationId: 'scheduleCampaign',
  tag: 'Sending',
  summary: 'Send a campaign at a time',
  description:
    'A time that is past means now. What is missing is said at once, as when it is started. One that is scheduled already is refused with 409: take its time away first.',
  scope: 'write',
  params: one,
  body: z.strictObject({ at: time }).meta({ id: 'NewSchedule' }),
  answer: campaignDocument,
  problems: [403, 409, 412, 422],
  write: async (asked, tx) => {
    const { accountId, params, body } = asked
    await requireMatch(asked, () => showCampaign(tx, accountId, params.id))
    await assertSendableIn(tx, accountId, params.id)
    await scheduleCampaignIn(tx, accountId, params.id, epoch(body.at))
    return { body: await showCampaign(tx, accountId, params.id), hasTag: true }
  },
})

const unschedule = route({
  method: 'DELETE',
  path: '/campaigns/{id}/schedule',
  operationId: 'unscheduleCampaign',
  tag: 'Sending',
  summary: 'Take the time of a campaign away',
  description: 'It is again what it was before: a draft, or sent.',
  scope: 'write',
  params: one,
  status: 204,
  write: async ({ accountId, params }, tx) => {
    await unscheduleCampaignIn(tx, accountId, params.id)
    return { body: null }
  },
})

type Change = (tx: Tx, accountId: number, campaignId: number, now: number) => Promise<void>

function change(
  verb: string,
  { summary, description }: { summary: string; description: string },
  apply: Change,
): Route {
  return route({
    method: 'POST',
    path: `/campaigns/{id}/${verb}`,
    operationId: `${verb}Campaign`,
    tag: 'Sending',
    summary,
    description,
    scope: 'write',
    params: one,
    answer: progressDocument,
    problems: [403, 422],
    write: async ({ accountId, params, now }: Asked<{ id: number }>, tx) => {
      await apply(tx, accountId, params.id, now)
      return { body: await showProgress(tx, accountId, params.id, now) }
    },
  })
}

const pause = change(
  'pause',
  {
    summary: 'Hand over no more of a campaign until it is resumed',
    description: 'What is being handed over at this moment still goes.',
  },
  pauseCampaignIn,
)
const resume = change(
  'resume',
  { summary: 'Go on with a campaign', description: 'Where it was paused.' },
  resumeCampaignIn,
)
const cancel = change(
  'cancel',
  {
    summary: 'Never hand over the rest of a campaign',
    description:
      'For good: it can not be started again. To take the time of a scheduled one away, delete its schedule.',
  },
  cancelCampaignIn,
)

const requeue = route({
  method: 'POST',
  path: '/campaigns/{id}/requeue',
  operationId: 'requeueCampaign',
  tag: 'Sending',
  summary: 'Send again what may have arrived already',
  description:
    'Those messages of the campaign whose fate is `unknown`, with the same Message-ID. Some contacts may get it twice. Doing it again does nothing more.',
  scope: 'write',
  params: one,
  status: 202,
  answer: z
    .strictObject({ requeued: count.meta({ description: 'Messages that are sent again.' }) })
    .meta({ id: 'Requeued' }),
  problems: [403],
  handle: async ({ app, accountId, params, now }) => ({
    body: { requeued: await requeueUnknown(app.db, accountId, params.id, now) },
    location: `/campaigns/${params.id}/progress`,
  }),
})

export const campaignSendingRoutes: readonly Route[] = [
  start, schedule, unschedule, pause, resume, cancel, requeue, progress,
] // oxfmt-ignore
