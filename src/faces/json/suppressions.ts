// Addresses that get no mail, through the API.

import { z } from 'zod'
import { findContactIds } from '../../core/contacts/contact.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import {
  addSuppression,
  findSuppression,
  getSuppression,
  listSuppressions,
  removeSuppressionByHash,
  suppressionReasons,
} from '../../core/suppressions/suppression.ts'
import type { Suppression } from '../../core/suppressions/suppression.ts'
import { NotFoundError } from '../../errors.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, email, limit, pageOf, text, time, timeText } from './schemas.ts'

const suppressionId = z.string().max(64).meta({ description: 'A keyed digest of the address.' })
const suppression = z
  .strictObject({
    id: suppressionId,
    email: z.string().nullable().meta({ description: 'Null where the address itself may no longer be kept.' }),
    reason: z.enum(suppressionReasons),
    source: z.string().meta({ description: 'How it came to be, in a word or two.' }),
    at: time,
  })
  .meta({ id: 'Suppression' })

function toJson({ addressHash, at, ...rest }: Suppression): z.input<typeof suppression> {
  return { id: addressHash, ...rest, at: timeText(at) }
}

const list = route({
  method: 'GET',
  path: '/suppressions',
  operationId: 'listSuppressions',
  tag: 'Suppressions',
  summary: 'Addresses that get no mail',
  description: 'In no order that means anything. With `email` the one of this address, if there is one.',
  scope: 'read',
  query: { email: email.optional(), cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('SuppressionPage', suppression),
  handle: async (asked) => {
    const { app, accountId, query } = asked
    if (query.email !== undefined) {
      const found = await findSuppression(app.db, accountId, query.email)
      return { body: { items: found ? [toJson(found)] : [] } }
    }
    const after = positionOf<string>(asked)
    const found = await listSuppressions(app.db, accountId, { after, limit: query.limit + 1 })
    const shown = found.slice(0, query.limit)
    return pageReply(asked, shown.map(toJson), found.length > query.limit ? shown.at(-1)?.addressHash : undefined)
  },
})

const create = route({
  method: 'POST',
  path: '/suppressions',
  operationId: 'createSuppression',
  tag: 'Suppressions',
  summary: 'Suppress an address',
  description:
    'No mail goes to it, whatever its contact says. One that is suppressed for a weightier reason stays as it is. Doing it again changes nothing.',
  scope: 'write',
  body: z
    .strictObject({
      email,
      reason: z.enum(['optout', 'manual', 'bounce', 'complaint']).default('manual'),
      source: text(100).min(1).default('api'),
    })
    .meta({ id: 'NewSuppression' }),
  status: 201,
  answer: suppression,
  problems: [422],
  write: async ({ accountId, body, now }, tx) => {
    const address = parseEmail(body.email)
    await addSuppression(tx, accountId, { email: address, reason: body.reason, source: body.source }, now)
    const made = (await findSuppression(tx, accountId, address))!
    const contactId = (await findContactIds(tx, accountId, [address])).get(address)
    return { body: toJson(made), location: `/suppressions/${made.addressHash}`, ...(contactId && { contactId }) }
  },
})

const get = route({
  method: 'GET',
  path: '/suppressions/{id}',
  operationId: 'getSuppression',
  tag: 'Suppressions',
  summary: 'Get a suppression',
  scope: 'read',
  params: { id: suppressionId },
  answer: suppression,
  handle: async ({ app, accountId, params }) => ({ body: toJson(await getSuppression(app.db, accountId, params.id)) }),
})

const remove = route({
  method: 'DELETE',
  path: '/suppressions/{id}',
  operationId: 'deleteSuppression',
  tag: 'Suppressions',
  summary: 'Let an address have mail again',
  description: 'Whatever the reason was: also for one that complained or was erased, so be sure of it.',
  scope: 'admin',
  params: { id: suppressionId },
  status: 204,
  write: async ({ accountId, params }, tx) => {
    if (!(await removeSuppressionByHash(tx, accountId, params.id)))
      throw new NotFoundError('there is no such suppression')
    return { body: null }
  },
})

export const suppressionRoutes: readonly Route[] = [list, create, get, remove]
