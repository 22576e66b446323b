// Writes the contacts of a list to a file, kept as its lines until somebody fetches it (wire-2008 7.1, 7.3).

import { setImmediate } from 'node:timers/promises'
import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlLimit, sqlRows } from '../../db/sql.ts'
import { findContacts } from '../contacts/contact.ts'
import type { Contact } from '../contacts/contact.ts'
import { findMembershipsOf, listMembers } from '../lists/membership.ts'
import type { Activity, ExportRequest } from './activity.ts'
import { columnHeader } from './columns.ts'
import type { ColumnField } from './columns.ts'
import type { ActivityRun } from './step.ts'

/**
 * Exports the next `limit` contacts of the list, highest id first from `before` on, and returns the last one's id;
 * undefined at the end. Atomic with `tx`.
 */
export async function exportContacts(
  tx: Tx,
  { accountId, activityId }: ActivityRun,
  request: ExportRequest & { listName: string },
  page: { before: number | undefined; limit: number },
): Promise<{ transactions: number; before: number | undefined }> {
  const members = await listMembers(tx, accountId, request.of, page)
  const ids = members.map(({ contactId }) => contactId)
  const contacts = await findContacts(tx, accountId, ids)
  const listId = 'listId' in request.of ? request.of.listId : undefined
  const optIns = listId === undefined ? new Map() : await findMembershipsOf(tx, accountId, listId, ids)
  const rows: (string | number)[][] = []
  for (const contact of contacts.values()) {
    const optIn = optIns.get(contact.contactId) ?? contact
    const optInAt = optIn.optInAt ?? contact.createdAt
    const extra = [
      ...(request.hasOptInDate ? [new Date(optInAt).toISOString()] : []),
      ...(request.hasOptInSource ? [`ACTION_BY_${(optIn.optInSource ?? 'customer').toUpperCase()}`] : []),
      ...(request.hasListName ? [request.listName] : []),
    ]
    const cells = [contact.email, ...request.columns.map((column) => cellOf(contact, column)), ...extra]
    // Sorted by text, whatever the order asked for.
    const sortKey = request.order === 'email' ? contact.email : String(1e15 - optInAt).padStart(16, '0')
    rows.push([accountId, activityId, sortKey, contact.contactId, renderLine(request.fileType, cells)])
  }
  for (const part of inParts(rows, 128))
    await tx.run(sql`
      insert into activity_line(account_id, activity_id, sort_key, contact_id, text)
      values ${sqlRows(part)} on conflict do nothing`)
  return { transactions: contacts.size, before: ids.length < page.limit ? undefined : ids.at(-1) }
}

function cellOf(contact: Contact, column: ColumnField): string {
  const { profile } = contact
  if (column === 'email' || column === 'firstName' || column === 'lastName') return contact[column]
  if (column === 'emailType') return contact.emailType
  if (column === 'state') return profile.stateName ?? profile.stateCode ?? ''
  if (column === 'country') return profile.countryName ?? profile.countryCode ?? ''
  return profile[column] ?? ''
}

/** The file in its order, some lines at a time, the names of its columns first. Lines end in CRLF (RFC 4180 2.1). */
export async function* readExport(db: Reader, accountId: number, activity: Activity): AsyncGenerator<string> {
  const { activityId, request } = activity
  yield renderLine(request.export!.fileType, exportHeader(request.export!))
  let after = { sortKey: '', contactId: 0 }
  for (;;) {
    const lines = await db.all<{ sortKey: string; contactId: number; text: string }>(sql`
      select sort_key as "sortKey", contact_id as "contactId", text from activity_line
      where account_id = ${accountId} and activity_id = ${activityId}
        and (sort_key, contact_id) > (${after.sortKey}, ${after.contactId})
      order by sort_key, contact_id ${sqlLimit(linesPerRead)}`)
    const last = lines.at(-1)
    if (!last) return
    yield lines.map(({ text }) => text).join('')
    after = last
    // A reader that is fast enough would keep everybody else waiting.
    await setImmediate()
  }
}

const linesPerRead = 500

// Email Address first; the names of the last three are guesses (wire-2008 7.3).
function exportHeader(request: ExportRequest): string[] {
  return [
    columnHeader('email'),
    ...request.columns.map(columnHeader),
    ...(request.hasOptInDate ? ['Date Added'] : []),
    ...(request.hasOptInSource ? ['Added By'] : []),
    ...(request.hasListName ? ['List Name'] : []),
  ]
}

// Tabs and line ends have no place in a field of a TXT file, and quotes are no marks there.
function renderLine(fileType: 'csv' | 'txt', cells: readonly string[]): string {
  if (fileType === 'txt') return cells.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t') + '\r\n'
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',') + '\r\n'
}
