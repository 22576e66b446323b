// What a contact agreed to, what is kept of it, and its erasure.

import { z } from 'zod'
import { getContact } from '../../core/contacts/contact.ts'
import { beginErasure, forgetWords, getErasure } from '../../core/erasure/erase-contact.ts'
import type { Erasure } from '../../core/erasure/erase-contact.ts'
import { listConsents, setConsentIn } from '../../core/tracking/consent.ts'
import { requireMatch } from './answer-route.ts'
import { exportContact } from './contact-export.ts'
import { contactId, showContact, tracking } from './contact-json.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { epoch, pageOf, text, time, timeOrNull, timeText } from './schemas.ts'
import { Refusal } from './problem.ts'

const one = { id: contactId }
/** Nobody changes its mind as often. */
const maxConsents = 1000

const consent = z.strictObject({ tracking, source: z.string(), wording: z.string(), at: time }).meta({ id: 'Consent' })

const consents = route({
  method: 'GET',
  path: '/contacts/{id}/consents',
  operationId: 'listConsents',
  tag: 'Privacy',
  summary: 'What a contact agreed to, and how we know',
  description: 'The latest first, which is the one that holds; kept for ever.',
  scope: 'read',
  params: one,
  answer: pageOf('ConsentPage', consent),
  handle: async ({ app, accountId, params }) => {
    await getContact(app.db, accountId, params.id)
    const found = await listConsents(app.db, accountId, params.id, maxConsents)
    return { body: { items: found.map(({ consentNo: _no, at, ...rest }) => ({ ...rest, at: timeText(at) })) } }
  },
})

const agree = route({
  method: 'POST',
  path: '/contacts/{id}/consents',
  operationId: 'recordConsent',
  tag: 'Privacy',
  summary: 'Note what a contact agreed to',
  description: 'It holds from then on, for mail that is out already too. Saying the same again changes nothing.',
  scope: 'write',
  params: one,
  body: z
    .strictObject({
      tracking,
      source: text(100).min(1).meta({ description: 'By what way, such as `letter` or `signup-form`.' }),
      wording: text(4000).meta({ description: 'The words it was asked with: the evidence.' }),
      at: time.optional().meta({ description: 'When it was said; now when absent, and never later.' }),
    })
    .meta({ id: 'NewConsent' }),
  status: 201,
  answer: consent,
  problems: [422],
  write: async ({ accountId, params, body, now }, tx) => {
    const at = epoch(body.at) ?? now
    if (at > now) throw new Refusal('invalid_input', '"at" is in the future', { faults: [{ pointer: '/at', detail: 'is in the future' }] }) // oxfmt-ignore
    await setConsentIn(tx, accountId, params.id, { ...body, at })
    const [last] = await listConsents(tx, accountId, params.id, 1)
    const { consentNo: _no, at: since, ...rest } = last!
    return { body: { ...rest, at: timeText(since) }, contactId: params.id }
  },
})

const record = route({
  method: 'GET',
  path: '/contacts/{id}/export',
  operationId: 'exportContact',
  tag: 'Privacy',
  summary: 'Everything that is kept of a contact',
  description:
    'As one JSON document, for the contact itself (GDPR 15 and 20): who it is, its lists, suppressions, consents, sends, events, verdicts and raw hits.',
  scope: 'read',
  params: one,
  streams: {
    'application/json': z
      .looseObject({ contact: z.looseObject({}), events: z.array(z.looseObject({})) })
      .meta({ id: 'ContactExport' }),
  },
  handle: async ({ app, accountId, params }) => exportContact(app.db, accountId, params.id),
})

const erasure = z
  .strictObject({
    id: contactId,
    erasedAt: time,
    finishedAt: time
      .nullable()
      .meta({ description: 'Null while rows of it may be left: a job deletes them within minutes.' }),
  })
  .meta({ id: 'Erasure' })

function toJson({ contactId: own, erasedAt, finishedAt }: Erasure): z.input<typeof erasure> {
  return { id: own, erasedAt: timeText(erasedAt), finishedAt: timeOrNull(finishedAt) }
}

const erase = route({
  method: 'DELETE',
  path: '/contacts/{id}',
  operationId: 'eraseContact',
  tag: 'Privacy',
  summary: 'Erase a contact for good',
  description:
    'From now on it is nobody’s to see; what it did is deleted behind the answer, while totals of campaigns stay exact. Its address is kept as a keyed digest, so that nobody but the contact itself brings it back. This can not be undone: to stop mail only, use `optout`.',
  scope: 'admin',
  params: one,
  status: 202,
  answer: erasure,
  problems: [412],
  handle: async (asked) => {
    const { app, accountId, params, now } = asked
    const { email } = await getContact(app.db, accountId, params.id)
    await forgetWords(app.db, accountId, email)
    const begun = await app.db.transaction(async (tx) => {
      await requireMatch(asked, () => showContact(tx, accountId, params.id))
      await beginErasure(tx, accountId, params.id, now)
      return getErasure(tx, accountId, params.id)
    })
    return { body: toJson(begun), location: `/erasures/${params.id}` }
  },
})

const progress = route({
  method: 'GET',
  path: '/erasures/{id}',
  operationId: 'getErasure',
  tag: 'Privacy',
  summary: 'How far an erasure has come',
  scope: 'read',
  params: one,
  answer: erasure,
  handle: async ({ app, accountId, params }) => ({ body: toJson(await getErasure(app.db, accountId, params.id)) }),
})

export const privacyRoutes: readonly Route[] = [consents, agree, record, erase, progress]
