// Contact lists and their members on the old wire, reading half (wire-2008 6.1, 6.2, 6.5).

import type { ContactStatus } from '../../core/contacts/contact.ts'
import { countMembers, getList, listLists } from '../../core/lists/list.ts'
import type { List } from '../../core/lists/list.ts'
import { listMembers } from '../../core/lists/membership.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { ForbiddenError, NotFoundError } from '../../errors.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { queryValues } from './asked.ts'
import type { Asked } from './asked.ts'
import { renderFeed } from './feed.ts'
import { renderList, renderMember, renderSystemList } from './list-entry.ts'

const pageSize = 50

/** The lists every account has; what is on them follows from the contacts' status. In the order of the first page. */
export const systemLists: ReadonlyMap<string, { name: string; status: Exclude<ContactStatus, 'unconfirmed'> }> =
  new Map([
    ['active', { name: 'Active', status: 'active' }],
    ['do-not-mail', { name: 'Do Not Mail', status: 'do-not-mail' }],
    ['removed', { name: 'Removed', status: 'removed' }],
  ])

/** GET /ws/customers/{u}/lists: the system lists on the first page only, as a client that drops three relies on. */
export async function getLists(asked: Asked): Promise<Document> {
  const { db, cursorKey } = asked.app
  const { accountId, username } = asked.account
  const scope = `2008 lists ${accountId}`
  const [token] = queryValues(asked.query, 'next')
  const position = token === undefined ? undefined : (openCursor(cursorKey, scope, token) as [number, number])
  const system = position ? [] : [...systemLists].map(([id, { name }]) => renderSystemList(asked, id, name, 'in feed'))
  const limit = pageSize - system.length
  const after = position && { sortOrder: position[0], listId: position[1] }
  const lists = await listLists(db, accountId, { after, limit: limit + 1 })
  const shown = lists.slice(0, limit)
  const last = shown.at(-1)
  const entries = []
  for (const list of shown)
    entries.push(renderList(asked, list, await countMembers(db, accountId, list.listId), 'in feed'))
  return atomAnswer(
    renderFeed(asked, {
      title: `Contact Lists for Customer: ${username}`,
      path: '/lists',
      next: last && lists.length > limit ? sealCursor(cursorKey, scope, [last.sortOrder, last.listId]) : undefined,
      paging: ['first', 'current'],
      entries: [...system, ...entries],
    }),
  )
}

/** GET /ws/customers/{u}/lists/{id} */
export async function getOneList(asked: Asked, name: string): Promise<Document> {
  const id = name.toLowerCase()
  const system = systemLists.get(id)
  if (system) return atomAnswer(renderSystemList(asked, id, system.name, 'document'))
  const list = await getOwnList(asked, id)
  return atomAnswer(
    renderList(asked, list, await countMembers(asked.app.db, asked.account.accountId, list.listId), 'document'),
  )
}

/** GET /ws/customers/{u}/lists/{id}/members, newest contact first; system lists too. */
export async function getMembers(asked: Asked, name: string): Promise<Document> {
  const { db, cursorKey } = asked.app
  const { accountId, username } = asked.account
  const system = systemLists.get(name.toLowerCase())
  const of = system ? { status: system.status } : { listId: (await getOwnList(asked, name)).listId }
  const id = 'status' in of ? name.toLowerCase() : String(of.listId)
  const scope = `2008 members ${accountId} ${id}`
  const [token] = queryValues(asked.query, 'next')
  const before = token === undefined ? undefined : (openCursor(cursorKey, scope, token) as number)
  const members = await listMembers(db, accountId, of, { before, limit: pageSize + 1 })
  const shown = members.slice(0, pageSize)
  return atomAnswer(
    renderFeed(asked, {
      title: `Contacts for Customer: ${username}`,
      path: `/lists/${id}/members`,
      next: members.length > pageSize ? sealCursor(cursorKey, scope, shown.at(-1)!.contactId) : undefined,
      paging: ['first', 'current'],
      entries: shown.map((member) => renderMember(asked, id, member)),
    }),
  )
}

/** A list of the account's own; throws ForbiddenError for a system list, which nobody changes. */
export function getChangeableList(asked: Asked, id: string): Promise<List> {
  if (systemLists.has(id.toLowerCase())) throw new ForbiddenError('this list can not be changed')
  return getOwnList(asked, id)
}

async function getOwnList(asked: Asked, id: string): Promise<List> {
  if (!/^\d{1,15}$/.test(id)) throw new NotFoundError('there is nothing at this address')
  return getList(asked.app.db, asked.account.accountId, Number(id))
}
