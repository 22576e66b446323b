// Contact lists on the old wire, writing half (wire-2008 6.3, 6.4).

import { changeList, createList, deleteList } from '../../core/lists/write-list.ts'
import type { ListFields } from '../../core/lists/write-list.ts'
import { InvalidInputError } from '../../errors.ts'
import { createdAnswer, emptyAnswer } from './answer.ts'
import type { Asked } from './asked.ts'
import { renderList } from './list-entry.ts'
import { getChangeableList } from './lists.ts'
import { childText, readEntry } from './read-entry.ts'
import type { XmlElement } from './read-xml.ts'

const maxName = 255

/** POST /ws/customers/{u}/lists: 201 with the entry; 409 when the name is taken. */
export async function postList(asked: Asked, body: Uint8Array): Promise<Response> {
  const fields = readList(readEntry(body, 'ContactList', 'new'))
  const { name } = fields
  if (name === undefined) throw new InvalidInputError('a new list needs a Name')
  const { accountId } = asked.account
  const list = await createList(
    asked.app.db,
    accountId,
    { isOptInDefault: false, sortOrder: 0, ...fields, name },
    asked.now,
  )
  return createdAnswer(`${asked.idBase}/lists/${list.listId}`, renderList(asked, list, 0, 'document'))
}

/** PUT /ws/customers/{u}/lists/{id}: 204. */
export async function putList(asked: Asked, id: string, body: Uint8Array): Promise<Response> {
  const { listId } = await getChangeableList(asked, id)
  await changeList(asked.app.db, asked.account.accountId, listId, readList(readEntry(body, 'ContactList', 'update')))
  return emptyAnswer()
}

/** DELETE /ws/customers/{u}/lists/{id}: 204. */
export async function deleteOneList(asked: Asked, id: string): Promise<Response> {
  const { listId } = await getChangeableList(asked, id)
  await deleteList(asked.app.db, asked.account.accountId, listId, asked.now)
  return emptyAnswer()
}

// An empty name or order says nothing, as an absent one does.
function readList(payload: XmlElement): Partial<ListFields> {
  const name = childText(payload, 'Name', maxName)
  const optIn = childText(payload, 'OptInDefault', maxName)
  const order = childText(payload, 'SortOrder', maxName)
  if (order && !/^-?\d{1,9}$/.test(order)) throw new InvalidInputError('SortOrder is a whole number')
  return {
    ...(name && { name }),
    ...(optIn && { isOptInDefault: optIn.toLowerCase() === 'true' }),
    ...(order && { sortOrder: Number(order) }),
  }
}
