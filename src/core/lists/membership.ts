// Who is on which list. Where a contact is named, `+account_id` keeps SQLite from looking through all memberships of the
// account instead.

import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlLimit, sqlList, sqlRows } from '../../db/sql.ts'
import type { ActionBy, ContactStatus } from '../contacts/contact.ts'

export interface Membership {
  listId: number
  listName: string
  optInAt: number
  optInSource: ActionBy
}

/** The lists a contact is on, in the order of their ids. */
export function listMemberships(db: Reader, accountId: number, contactId: number): Promise<Membership[]> {
  return db.all<Membership>(sql`
    select m.list_id as "listId", l.name as "listName", m.opt_in_at as "optInAt", m.opt_in_source as "optInSource"
    from membership m join list l on l.account_id = m.account_id and l.list_id = m.list_id
    where m.contact_id = ${contactId} and +m.account_id = ${accountId} order by m.list_id`)
}

/** Puts a contact on a list; false when it was there already, which leaves its opt-in as it was. */
export async function addMembership(
  tx: Tx,
  accountId: number,
  contactId: number,
  membership: Omit<Membership, 'listName'>,
): Promise<boolean> {
  const added = await tx.run(sql`
    insert into membership(contact_id, list_id, account_id, opt_in_at, opt_in_source)
    values (${contactId}, ${membership.listId}, ${accountId}, ${membership.optInAt}, ${membership.optInSource}) on conflict do nothing`)
  return added > 0
}

/** The same for many contacts and lists; says who was put on a list that it was not on. */
export async function addMemberships(
  tx: Tx,
  accountId: number,
  contactIds: readonly number[],
  listIds: readonly number[],
  optIn: Pick<Membership, 'optInAt' | 'optInSource'>,
): Promise<Set<number>> {
  const joined = new Set<number>()
  if (!tx.isRemote) {
    for (const contactId of contactIds) {
      for (const listId of listIds)
        if (await addMembership(tx, accountId, contactId, { listId, ...optIn })) joined.add(contactId)
    }
    return joined
  }
  const rows = contactIds.flatMap((contactId) =>
    listIds.map((listId) => [contactId, listId, accountId, optIn.optInAt, optIn.optInSource]),
  )
  for (const part of inParts(rows, 512)) {
    const added = await tx.tuples<[contactId: number]>(sql`
      insert into membership(contact_id, list_id, account_id, opt_in_at, opt_in_source)
      values ${sqlRows(part)} on conflict do nothing returning contact_id`)
    for (const [contactId] of added) joined.add(contactId)
  }
  return joined
}

/** The opt-ins to one list of those of the contacts that are on it, by contact. */
export async function findMembershipsOf(
  db: Reader,
  accountId: number,
  listId: number,
  contactIds: readonly number[],
): Promise<Map<number, Pick<Membership, 'optInAt' | 'optInSource'>>> {
  const rows = await db.all<{ contactId: number; optInAt: number; optInSource: ActionBy }>(sql`
    select contact_id as "contactId", opt_in_at as "optInAt", opt_in_source as "optInSource" from membership
    where contact_id in ${sqlList(contactIds)} and list_id = ${listId} and account_id = ${accountId}`)
  return new Map(rows.map((row) => [row.contactId, row]))
}

export interface Member {
  contactId: number
  email: string
  firstName: string
  lastName: string
}

/** Contacts on a list, or of a status (the system lists of the old wire), highest id first. */
export function listMembers(
  db: Reader,
  accountId: number,
  of: { listId: number } | { status: ContactStatus },
  page: { before?: number | undefined; limit: number },
): Promise<Member[]> {
  const before = page.before ?? Number.MAX_SAFE_INTEGER
  const columns = sql`c.contact_id as "contactId", c.email, c.first_name as "firstName", c.last_name as "lastName"`
  if ('status' in of) {
    return db.all<Member>(sql`
      select ${columns} from contact c where c.account_id = ${accountId} and c.status = ${of.status} and c.contact_id < ${before}
      order by c.contact_id desc ${sqlLimit(page.limit)}`)
  }
  return db.all<Member>(sql`
    select ${columns} from membership m join contact c on c.contact_id = m.contact_id
    where m.account_id = ${accountId} and m.list_id = ${of.listId} and m.contact_id < ${before}
    order by m.contact_id desc ${sqlLimit(page.limit)}`)
}
