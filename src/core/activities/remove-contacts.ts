// Takes the contacts of an uploaded file off lists, and clears whole lists (wire-2008 7.1). Run as a job.

import type { Tx } from '../../db/db.ts'
import { findContactIds } from '../contacts/contact.ts'
import { listMembers } from '../lists/membership.ts'
import { takeOffLists } from '../lists/take-off-lists.ts'
import type { ActivityError } from './activity.ts'
import { readContactRow } from './contact-row.ts'
import type { Row } from './read-rows.ts'
import type { ActivityRun } from './step.ts'

/** Takes the contacts of the rows off the lists; addresses that nobody has are told as errors. Atomic with `tx`. */
export async function removeContacts(
  tx: Tx,
  { accountId, run }: ActivityRun,
  listIds: readonly number[],
  rows: readonly Row[],
): Promise<{ transactions: number; errors: ActivityError[] }> {
  const errors: ActivityError[] = []
  const lines = new Map<string, number>()
  for (const row of rows) {
    // Other columns do not matter here.
    const { cells } = row
    const email = cells.get('email')
    const read = readContactRow({ ...row, cells: new Map(email === undefined ? [] : [['email', email]]) })
    if ('message' in read) errors.push(read)
    else lines.set(read.email, read.line)
  }
  const ids = await findContactIds(tx, accountId, [...lines.keys()])
  for (const [email, line] of lines)
    if (!ids.has(email)) errors.push({ line, email, message: 'No contact has this address' })
  await takeOffLists(tx, accountId, [...ids.values()], listIds, run.now())
  return { transactions: ids.size, errors: errors.toSorted((a, b) => a.line - b.line) }
}

/** Takes up to `limit` contacts off the list and says how many there were: none when it is empty. Atomic with `tx`. */
export async function clearList(
  tx: Tx,
  { accountId, run }: ActivityRun,
  listId: number,
  limit: number,
): Promise<number> {
  const members = await listMembers(tx, accountId, { listId }, { limit })
  return takeOffLists(
    tx,
    accountId,
    members.map(({ contactId }) => contactId),
    [listId],
    run.now(),
  )
}
