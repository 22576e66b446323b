// Lists through the API, and who is on them.

import { z } from 'zod'
import { getContactToChange } from '../../core/contacts/contact.ts'
import { changeContactIn } from '../../core/contacts/write-contact.ts'
import { countMembers, getList, listLists } from '../../core/lists/list.ts'
import type { List } from '../../core/lists/list.ts'
import { listMembers, listMemberships } from '../../core/lists/membership.ts'
import { changeListIn, createListIn, deleteListIn } from '../../core/lists/write-list.ts'
import type { Reader, Tx } from '../../db/db.ts'
import { requireMatch } from './answer-route.ts'
import { actionBy, contactId } from './contact-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Asked, Route } from './route.ts'
import { cursor, id, limit, pageOf, text } from './schemas.ts'

const listId = id.meta({ description: 'Id of a list.', examples: [1] })
const one = { id: listId }
const paging = { cursor: cursor.optional(), limit: limit(200, 50) }

const summaryFields = {
  id: listId,
  name: z.string(),
  isDefault: z.boolean().meta({ description: 'Offered to everybody on the preference page.' }),
  sortOrder: z.int(),
}
const listSummary = z.strictObject(summaryFields).meta({ id: 'ListSummary' })
const listDocument = z.strictObject({ ...summaryFields, memberCount: z.int().min(0) }).meta({ id: 'List' })
const member = z
  .strictObject({ id: contactId, email: z.string(), firstName: z.string(), lastName: z.string() })
  .meta({ id: 'Member' })

const name = text(255).min(1)
const sortOrder = z.int().min(-1_000_000).max(1_000_000_000).optional()
const newList = z.strictObject({ name, isDefault: z.boolean().default(false), sortOrder }).meta({ id: 'NewList' })
const listChange = z
  .strictObject({ name: name.optional(), isDefault: z.boolean().optional(), sortOrder })
  .meta({ id: 'ListChange', description: 'What is absent stays as it is.' })

function summaryJson({
  listId: own,
  name: title,
  isOptInDefault,
  sortOrder: order,
}: List): z.input<typeof listSummary> {
  return { id: own, name: title, isDefault: isOptInDefault, sortOrder: order }
}

async function showList(db: Reader, accountId: number, own: number): Promise<z.input<typeof listDocument>> {
  return { ...summaryJson(await getList(db, accountId, own)), memberCount: await countMembers(db, accountId, own) }
}

const list = route({
  method: 'GET',
  path: '/lists',
  operationId: 'listLists',
  tag: 'Lists',
  summary: 'All lists',
  description: 'By `sortOrder`, then id.',
  scope: 'read',
  isTimeless: true,
  query: paging,
  answer: pageOf('ListPage', listSummary),
  handle: async (asked) => {
    const { app, accountId, query } = asked
    const position = positionOf<[number, number]>(asked)
    const after = position && { sortOrder: position[0], listId: position[1] }
    const lists = await listLists(app.db, accountId, { after, limit: query.limit + 1 })
    const shown = lists.slice(0, query.limit)
    const last = lists.length > query.limit ? shown.at(-1) : undefined
    return pageReply(asked, shown.map(summaryJson), last && [last.sortOrder, last.listId])
  },
})

const create = route({
  method: 'POST',
  path: '/lists',
  operationId: 'createList',
  tag: 'Lists',
  summary: 'Make a list',
  scope: 'write',
  body: newList,
  status: 201,
  answer: listDocument,
  problems: [409, 422],
  write: async ({ accountId, body, now }, tx) => {
    const fields = { name: body.name, isOptInDefault: body.isDefault, sortOrder: body.sortOrder }
    const made = await createListIn(tx, accountId, fields, now)
    return { body: await showList(tx, accountId, made.listId), location: `/lists/${made.listId}`, hasTag: true }
  },
})

const get = route({
  method: 'GET',
  path: '/lists/{id}',
  operationId: 'getList',
  tag: 'Lists',
  summary: 'Get a list',
  scope: 'read',
  isTimeless: true,
  params: one,
  answer: listDocument,
  handle: async ({ app, accountId, params }) => ({ body: await showList(app.db, accountId, params.id), hasTag: true }),
})

const change = route({
  method: 'PATCH',
  path: '/lists/{id}',
  operationId: 'updateList',
  tag: 'Lists',
  summary: 'Change a list',
  scope: 'write',
  params: one,
  body: listChange,
  answer: listDocument,
  problems: [409, 412],
  write: async (asked, tx) => {
    const { accountId, params, body } = asked
    await requireMatch(asked, () => showList(tx, accountId, params.id))
    await changeListIn(tx, accountId, params.id, {
      ...(body.name !== undefined && { name: body.name }),
      ...(body.isDefault !== undefined && { isOptInDefault: body.isDefault }),
      ...(body.sortOrder !== undefined && { sortOrder: body.sortOrder }),
    })
    return { body: await showList(tx, accountId, params.id), hasTag: true }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/lists/{id}',
  operationId: 'deleteList',
  tag: 'Lists',
  summary: 'Delete a list',
  description: 'Its members stay contacts; those who are on no other list become `removed`.',
  scope: 'write',
  params: one,
  status: 204,
  problems: [412],
  write: async (asked, tx) => {
    const { accountId, params, now } = asked
    await requireMatch(asked, () => showList(tx, accountId, params.id))
    await deleteListIn(tx, accountId, params.id, now)
    return { body: null }
  },
})

const members = route({
  method: 'GET',
  path: '/lists/{id}/members',
  operationId: 'listMembers',
  tag: 'Lists',
  summary: 'Who is on a list',
  description: 'Highest id first.',
  scope: 'read',
  isTimeless: true,
  params: one,
  query: paging,
  answer: pageOf('MemberPage', member),
  handle: async (asked) => {
    const { app, accountId, params, query } = asked
    const before = positionOf<number>(asked)
    await getList(app.db, accountId, params.id)
    const found = await listMembers(app.db, accountId, { listId: params.id }, { before, limit: query.limit + 1 })
    const shown = found.slice(0, query.limit)
    const items = shown.map(({ contactId: own, ...rest }) => ({ id: own, ...rest }))
    return pageReply(asked, items, found.length > query.limit ? shown.at(-1)?.contactId : undefined)
  },
})

const membership = { id: listId, contact: contactId }
interface OfMember {
  id: number
  contact: number
}

const addMember = route({
  method: 'PUT',
  path: '/lists/{id}/members/{contact}',
  operationId: 'addMember',
  tag: 'Lists',
  summary: 'Put a contact on a list',
  description:
    'A contact that is on it already stays as it is. One that opted out can only come back by its own wish: `by=contact`.',
  scope: 'write',
  params: membership,
  query: { by: actionBy.optional() },
  status: 204,
  write: async (asked, tx) => changeMembership(asked, tx, (held, own) => [...held, own], asked.query.by),
})

const removeMember = route({
  method: 'DELETE',
  path: '/lists/{id}/members/{contact}',
  operationId: 'removeMember',
  tag: 'Lists',
  summary: 'Take a contact off a list',
  description: 'Who is on no list then becomes `removed`. Doing it again changes nothing.',
  scope: 'write',
  params: membership,
  status: 204,
  write: async (asked, tx) => changeMembership(asked, tx, (held, own) => held.filter((other) => other !== own)),
})

async function changeMembership(
  { accountId, params, now }: Asked<OfMember>,
  tx: Tx,
  change: (held: number[], own: number) => number[],
  by: 'contact' | 'customer' = 'customer',
): Promise<{ body: null }> {
  await getList(tx, accountId, params.id)
  await getContactToChange(tx, accountId, params.contact)
  const held = (await listMemberships(tx, accountId, params.contact)).map(({ listId: own }) => own)
  const wanted = [...new Set(change(held, params.id))]
  if (wanted.length !== held.length)
    await changeContactIn(tx, accountId, params.contact, { fields: { profile: {} }, by, listIds: wanted }, now)
  return { body: null }
}

export const listRoutes: readonly Route[] = [list, create, get, change, remove, members, addMember, removeMember]
