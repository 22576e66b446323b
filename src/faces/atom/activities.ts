// Bulk activities on the old wire: handed in as a form, looked at until they are complete (wire-2008 7).

import { getActivity, listActivities, listActivityErrors } from '../../core/activities/activity.ts'
import { readExport } from '../../core/activities/export-contacts.ts'
import { maxErrors } from '../../core/activities/step.ts'
import { submitActivity } from '../../core/activities/submit-activity.ts'
import { NotFoundError } from '../../errors.ts'
import { renderActivity } from './activity-entry.ts'
import { readActivityForm } from './activity-form.ts'
import { atomAnswer, createdAnswer, errorAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import type { Asked } from './asked.ts'
import { readBody } from './body.ts'
import { renderFeed } from './feed.ts'
import { readForm } from './form.ts'

/** As many as the old service showed (7.2). */
const maxListed = 50
/** Of each one's errors in the collection; the rest is in the activity itself. */
const errorsInFeed = 50
/** Of the form as it is sent; a text of 10 MB grows when it is percent-encoded. */
const maxFormBytes = 32 * 2 ** 20

/** GET /ws/customers/{u}/activities: latest first, without paging. */
export async function getActivities(asked: Asked): Promise<Document> {
  const { db } = asked.app
  const { accountId } = asked.account
  const entries = []
  for (const activity of await listActivities(db, accountId, maxListed)) {
    const errors = await listActivityErrors(db, accountId, activity.activityId, errorsInFeed)
    entries.push(renderActivity(asked, activity, errors, 'in feed'))
  }
  return atomAnswer(renderFeed(asked, { title: 'Bulk Activity', path: '/activities', paging: [], entries }))
}

/** GET /ws/customers/{u}/activities/{id}, and .../{id}.csv or .txt for the file of an export. */
export async function getOneActivity(asked: Asked, name: string): Promise<Document | Response> {
  const { db } = asked.app
  const { accountId } = asked.account
  const [, activityId, ending] = /^([a-z0-9]{1,40})(?:\.(csv|txt))?$/i.exec(name) ?? []
  if (activityId === undefined) throw new NotFoundError('there is no such activity')
  const activity = await getActivity(db, accountId, activityId)
  if (ending === undefined) {
    const errors = await listActivityErrors(db, accountId, activity.activityId, maxErrors + 1)
    return atomAnswer(renderActivity(asked, activity, errors, 'document'))
  }
  const { request, status } = activity
  if (request.export?.fileType !== ending.toLowerCase() || status !== 'complete')
    throw new NotFoundError('there is no such file')
  // The content types are guesses (7.3).
  const type = request.export.fileType === 'csv' ? 'text/csv' : 'text/plain'
  return new Response(ReadableStream.from(bytesOf(readExport(db, accountId, activity))), {
    headers: {
      'content-type': `${type}; charset=UTF-8`,
      'content-disposition': `attachment; filename="${activity.activityId}.${request.export.fileType}"`,
    },
  })
}

/** POST /ws/customers/{u}/activities: a form, not an entry; 201 with the activity's entry. */
export async function postActivity(asked: Asked, request: Request): Promise<Response> {
  const type = request.headers.get('content-type') ?? ''
  if (!isForm(type))
    return errorAnswer(415, 'The body must be application/x-www-form-urlencoded or multipart/form-data.')
  const body = await readBody(request, maxFormBytes)
  if (!body) return errorAnswer(400, `The body is larger than ${maxFormBytes} bytes.`)
  const given = readActivityForm(await readForm(body, type))
  const activity = await submitActivity(asked.app.db, asked.account.accountId, given, asked.now)
  const location = `${asked.idBase}/activities/${activity.activityId}`
  return createdAnswer(location, renderActivity(asked, activity, [], 'document'))
}

function isForm(type: string): boolean {
  return /^\s*(application\/x-www-form-urlencoded|multipart\/[a-z-]+)\s*(;|$)/i.test(type)
}

async function* bytesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text)
}
