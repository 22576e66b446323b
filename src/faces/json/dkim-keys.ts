// The keys that sign an account's mail, through the API. The private halves never leave the server.

import { z } from 'zod'
import { createDkimKey, retireDkimKey } from '../../core/sending/dkim-keys.ts'
import { listDkimRecords } from '../../core/sending/dkim-records.ts'
import type { DkimRecord } from '../../core/sending/dkim-records.ts'
import type { Reader } from '../../db/db.ts'
import { NotFoundError } from '../../errors.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { pageOf, text, time, timeOrNull, timeText } from './schemas.ts'

const dkimKey = z
  .strictObject({
    domain: z.string(),
    selector: z.string(),
    record: z.strictObject({ name: z.string(), value: z.string() }).meta({ description: 'The TXT record to publish.' }),
    createdAt: time,
    retiredAt: time.nullable().meta({ description: 'Since when it signs no more.' }),
  })
  .meta({ id: 'DkimKey' })

function toJson({ domain, selector, name, value, createdAt, retiredAt }: DkimRecord): z.input<typeof dkimKey> {
  const times = { createdAt: timeText(createdAt), retiredAt: timeOrNull(retiredAt) }
  return { domain, selector, record: { name, value }, ...times }
}

async function showKey(
  db: Reader,
  accountId: number,
  key: { domain: string; selector: string },
): Promise<z.input<typeof dkimKey>> {
  const records = await listDkimRecords(db, accountId, key.domain.toLowerCase())
  const own = records.find(({ selector }) => selector === key.selector.toLowerCase())
  if (!own) throw new NotFoundError('there is no such key')
  return toJson(own)
}

const list = route({
  method: 'GET',
  path: '/dkim-keys',
  operationId: 'listDkimKeys',
  tag: 'Account',
  summary: 'Keys that sign mail, with their DNS records',
  description: 'By domain, the newest first, which is the one that signs. Retired ones too.',
  scope: 'admin',
  answer: pageOf('DkimKeyPage', dkimKey),
  handle: async ({ app, accountId }) => ({
    body: { items: (await listDkimRecords(app.db, accountId)).map(toJson) },
  }),
})

const create = route({
  method: 'POST',
  path: '/dkim-keys',
  operationId: 'createDkimKey',
  tag: 'Account',
  summary: 'Make a key that signs mail',
  description: 'It signs from now on, so publish its record soon. An account has at most 100 that are not retired.',
  scope: 'admin',
  body: z
    .strictObject({
      domain: text(253).min(1),
      selector: text(63).min(1).optional().meta({ description: 'Its name in the DNS; else one of this month.' }),
    })
    .meta({ id: 'NewDkimKey' }),
  status: 201,
  answer: dkimKey,
  problems: [409],
  handle: async ({ app, accountId, body, now }) => {
    const month = new Date(now).toISOString().slice(0, 7).replace('-', '')
    const key = await createDkimKey(app.db, accountId, body.domain, body.selector ?? `contrail${month}`, now)
    return { body: await showKey(app.db, accountId, key) }
  },
})

const retire = route({
  method: 'POST',
  path: '/dkim-keys/{domain}/{selector}/retire',
  operationId: 'retireDkimKey',
  tag: 'Account',
  summary: 'Sign with a key no more',
  description:
    'Leave its record in the DNS for a week: mail that is on its way is verified by it. Doing it again changes nothing.',
  scope: 'admin',
  params: { domain: text(253).min(1), selector: text(63).min(1) },
  answer: dkimKey,
  handle: async ({ app, accountId, params, now }) => {
    await showKey(app.db, accountId, params)
    await retireDkimKey(app.db, accountId, params.domain, params.selector, now)
    return { body: await showKey(app.db, accountId, params) }
  },
})

export const dkimKeyRoutes: readonly Route[] = [list, create, retire]
