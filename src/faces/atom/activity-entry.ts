// Bulk activities as entries (wire-2008 7.2).

import type { Activity, ActivityError, ActivityType } from '../../core/activities/activity.ts'
import type { Asked } from './asked.ts'
import { renderEntry } from './entry.ts'
import type { Place } from './entry.ts'
import { wireTime } from './wire-time.ts'
import { xml } from './xml.ts'
import type { Xml } from './xml.ts'

const typeNames: Record<ActivityType, string> = {
  add: 'ADD_CONTACTS',
  'add-detail': 'ADD_CONTACT_DETAIL',
  remove: 'REMOVE_CONTACTS_FROM_LISTS',
  clear: 'CLEAR_CONTACTS_FROM_LISTS',
  export: 'EXPORT_CONTACTS',
}

/** Every element is there: one client fails on a missing time, so a time that has not come is empty (a guess, 7.2). */
export function renderActivity(asked: Asked, activity: Activity, errors: readonly ActivityError[], place: Place): Xml {
  const path = `/activities/${activity.activityId}`
  const { startedAt, finishedAt, insertedAt } = activity
  return renderEntry(asked, place, {
    path,
    title: '',
    updated: finishedAt ?? startedAt ?? insertedAt,
    source: { path: '/activities', title: 'Bulk Activity' },
    payload: (p) => xml`${p}<Activity xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
${p}  <Type>${typeNames[activity.type]}</Type>
${p}  <Status>${activity.status.toUpperCase()}</Status>
${renderErrors(p, activity, errors)}${p}  <FileName>${fileNameOf(asked, activity)}</FileName>
${p}  <TransactionCount>${activity.transactionCount}</TransactionCount>
${p}  <RunStartTime>${timeOf(startedAt)}</RunStartTime>
${p}  <RunFinishTime>${timeOf(finishedAt)}</RunFinishTime>
${p}  <InsertTime>${wireTime(insertedAt)}</InsertTime>
${p}</Activity>
`,
  })
}

function renderErrors(p: Xml, activity: Activity, errors: readonly ActivityError[]): Xml {
  if (errors.length === 0) return xml`${p}  <Errors></Errors>\n`
  const untold = activity.errorCount - errors.filter(({ line }) => line > 0).length
  const more = untold > 0 ? [{ line: 0, email: '', message: `There are ${untold} more errors` }] : []
  return xml`${p}  <Errors>
${[...errors, ...more].map(
  ({ line, email, message }) => xml`${p}    <Error>
${p}      <LineNumber>${line}</LineNumber>
${p}      <EmailAddress>${email}</EmailAddress>
${p}      <Message>${message}</Message>
${p}    </Error>
`,
)}${p}  </Errors>
`
}

// Of a finished export: clients take the last segment (7.2).
function fileNameOf(asked: Asked, { activityId, status, request }: Activity): string {
  if (!request.export || status !== 'complete') return ''
  return `${asked.base}/activities/${activityId}.${request.export.fileType}`
}

function timeOf(at: number | null): string {
  return at === null ? '' : wireTime(at)
}
