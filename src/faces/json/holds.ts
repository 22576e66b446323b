// Contacts whose mail came back, and whatever else keeps mail from one, through the API.

import { z } from 'zod'
import { getContact, getContactToChange } from '../../core/contacts/contact.ts'
import { bounceCodes } from '../../core/events/event.ts'
import type { BounceCode } from '../../core/events/event.ts'
import { listHolds, releaseHold } from '../../core/suppressions/hold.ts'
import type { Hold } from '../../core/suppressions/hold.ts'
import { listMailBlocks } from '../../core/suppressions/mail-blocks.ts'
import { NotFoundError } from '../../errors.ts'
import { contactId } from './contact-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, limit, pageOf, time, timeOrNull, timeText } from './schemas.ts'

const one = { id: contactId }
const until = time.nullable()

const hold = z
  .strictObject({
    contact: contactId,
    code: z.enum(bounceCodes as [BounceCode, ...BounceCode[]]).meta({ description: 'Of the bounce that did it.' }),
    message: z.string().meta({ description: 'What the server said.' }),
    strikes: z.int().min(0).meta({ description: 'Hard bounces that counted: the second is for good.' }),
    since: time,
    until: until.meta({ description: 'Null: for good, until it is released.' }),
  })
  .meta({ id: 'Hold' })

function toJson({ contactId: contact, since, until: end, ...rest }: Hold): z.input<typeof hold> {
  return { contact, ...rest, since: timeText(since), until: timeOrNull(end) }
}

const list = route({
  method: 'GET',
  path: '/holds',
  operationId: 'listHolds',
  tag: 'Suppressions',
  summary: 'Contacts that get no mail because mail to them came back',
  description: 'Now; by contact, lowest id first.',
  scope: 'read',
  query: { cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('HoldPage', hold),
  handle: async (asked) => {
    const { app, accountId, query, now } = asked
    const after = positionOf<number>(asked)
    const found = await listHolds(app.db, accountId, { after, limit: query.limit + 1 }, now)
    const shown = found.slice(0, query.limit)
    return pageReply(asked, shown.map(toJson), found.length > query.limit ? shown.at(-1)?.contactId : undefined)
  },
})

const release = route({
  method: 'DELETE',
  path: '/contacts/{id}/hold',
  operationId: 'releaseContact',
  tag: 'Suppressions',
  summary: 'Send to a contact again whose mail came back',
  description:
    'Forgives all bounces so far, and lifts the suppression that they led to, but none that has another reason. 404 when there is nothing to forgive.',
  scope: 'write',
  params: one,
  status: 204,
  write: async ({ accountId, params }, tx) => {
    await getContactToChange(tx, accountId, params.id)
    if (!(await releaseHold(tx, accountId, params.id))) throw new NotFoundError('the contact is not held')
    return { body: null }
  },
})

const block = z
  .strictObject({
    reason: z.string().meta({ description: '`suspended` while mail to it comes back, else why it is suppressed.' }),
    detail: z.string().meta({ description: 'In words of whoever caused it.' }),
    since: time,
    until: until.meta({ description: 'Null where it ends by somebody’s will alone.' }),
  })
  .meta({ id: 'MailBlock' })

const blocks = route({
  method: 'GET',
  path: '/contacts/{id}/mail-blocks',
  operationId: 'listMailBlocks',
  tag: 'Suppressions',
  summary: 'Why a contact gets no mail',
  description: 'All reasons that lie in its address. Whether it opted out is its `status`.',
  scope: 'read',
  params: one,
  answer: pageOf('MailBlockPage', block),
  handle: async ({ app, accountId, params, now }) => {
    const found = await listMailBlocks(app.db, accountId, await getContact(app.db, accountId, params.id), now)
    const items = found.map(({ since, until: end, ...said }) => ({
      ...said,
      since: timeText(since),
      until: timeOrNull(end),
    }))
    return { body: { items } }
  },
})

export const holdRoutes: readonly Route[] = [list, release, blocks]
