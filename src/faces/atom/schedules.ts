// When a campaign is sent, on the old wire: a collection with one entry at most (wire-2008 5.6).

import { getCampaign } from '../../core/campaigns/campaign.ts'
import { findSchedule, scheduleCampaign, unscheduleCampaign } from '../../core/campaigns/schedule.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { atomAnswer, createdAnswer, emptyAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import type { Asked } from './asked.ts'
import { renderEntry } from './entry.ts'
import type { Place } from './entry.ts'
import { renderFeed } from './feed.ts'
import { childText, readEntry } from './read-entry.ts'
import { parseWireTime, wireTime } from './wire-time.ts'
import { xml } from './xml.ts'
import type { Xml } from './xml.ts'

/** The number of the only one there is. */
const scheduleNo = '1'

/** GET /ws/customers/{u}/campaigns/{id}/schedules: no entry when it is not scheduled. */
export async function getSchedules(asked: Asked, campaignId: number): Promise<Document> {
  const at = findSchedule(await getCampaign(asked.app.db, asked.account.accountId, campaignId))
  const entries = at === undefined ? [] : [renderSchedule(asked, campaignId, at, 'in feed')]
  return atomAnswer(renderFeed(asked, { ...collection(asked, campaignId), paging: [], entries }))
}

/** GET /ws/customers/{u}/campaigns/{id}/schedules/1 */
export async function getOneSchedule(asked: Asked, campaignId: number, no: string): Promise<Document> {
  const campaign = await getCampaign(asked.app.db, asked.account.accountId, campaignId)
  const at = no === scheduleNo ? findSchedule(campaign) : undefined
  if (at === undefined) throw new NotFoundError('there is no such schedule')
  return atomAnswer(renderSchedule(asked, campaignId, at, 'document'))
}

/** POST /ws/customers/{u}/campaigns/{id}/schedules: 201 with the entry. */
export async function postSchedule(asked: Asked, campaignId: number, body: Uint8Array): Promise<Response> {
  const { accountId } = asked.account
  await getCampaign(asked.app.db, accountId, campaignId)
  const at = readTime(childText(readEntry(body, 'Schedule', 'new'), 'ScheduledTime', 50))
  await scheduleCampaign(asked.app.db, accountId, campaignId, at)
  const location = `${asked.idBase}${pathOf(campaignId)}/${scheduleNo}`
  return createdAnswer(location, renderSchedule(asked, campaignId, at, 'document'))
}

/** DELETE /ws/customers/{u}/campaigns/{id}/schedules/1: 204. */
export async function deleteSchedule(asked: Asked, campaignId: number, no: string): Promise<Response> {
  if (no !== scheduleNo) throw new NotFoundError('there is no such schedule')
  await unscheduleCampaign(asked.app.db, asked.account.accountId, campaignId)
  return emptyAnswer()
}

// The title is the time without its milliseconds, as recorded.
function renderSchedule(asked: Asked, campaignId: number, at: number, place: Place): Xml {
  const path = `${pathOf(campaignId)}/${scheduleNo}`
  return renderEntry(asked, place, {
    path,
    title: wireTime(at).replace(/\.\d{3}Z$/, 'Z'),
    updated: at,
    source: collection(asked, campaignId),
    payload: (p) => xml`${p}<Schedule xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
${p}  <ScheduledTime>${wireTime(at)}</ScheduledTime>
${p}</Schedule>
`,
  })
}

// The title is a guess, after those of the event feeds.
function collection({ account }: Asked, campaignId: number): { path: string; title: string } {
  return { path: pathOf(campaignId), title: `Schedules for Customer: ${account.username}, Campaign id: ${campaignId}` }
}

function pathOf(campaignId: number): string {
  return `/campaigns/${campaignId}/schedules`
}

function readTime(text = ''): number {
  const at = parseWireTime(text)
  if (at === undefined)
    throw new InvalidInputError('ScheduledTime is a time such as 2010-11-13T20:03:35.000Z', 'ScheduledTime')
  return at
}
