// Contacts through the API: found, made, changed, taken off, erased.

import { z } from 'zod'
import { findContactsByEmail } from '../../core/contacts/contact.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { filterContacts } from '../../core/contacts/filter-contacts.ts'
import { optOutIn } from '../../core/contacts/opt-out.ts'
import { searchContacts } from '../../core/contacts/search-contacts.ts'
import { changeContactIn, createContactIn } from '../../core/contacts/write-contact.ts'
import { Refusal } from './problem.ts'
import { requireMatch } from './answer-route.ts'
import {
  actionBy,
  contactChange,
  contactDocument,
  contactId,
  contactPage,
  fieldsOf,
  newContact,
  showContact,
  status,
  summaryJson,
} from './contact-json.ts'
import { include, kind } from './event-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, email, epoch, id, limit, text, time } from './schemas.ts'
import { hiddenBut } from './verdict-words.ts'

const maxEmails = 50
const one = { id: contactId }

const filters = {
  email: z
    .array(email)
    .max(maxEmails)
    .optional()
    .meta({
      description: `Those with these addresses, in any case, ${maxEmails} at most. Stands alone.`,
    }),
  search: text(200).min(1).optional().meta({
    description:
      'Those whose address, first name or last name begins so, or both names: `joe f`. Stands alone. Case counts beyond ASCII only.',
  }),
  list: id.optional().meta({ description: 'Those on this list.' }),
  status: status.optional(),
  suppressed: z
    .boolean()
    .optional()
    .meta({ description: 'Those whose address gets no mail, or those whose address does.' }),
  did: z.array(kind).max(8).optional().meta({ description: 'Those who did any of these.' }),
  didNot: z.array(kind).max(8).optional().meta({ description: 'Those who did none of these.' }),
  campaign: id.optional().meta({ description: 'Narrows `did` and `didNot` to what came of this campaign.' }),
  since: time.optional().meta({ description: 'Narrows `did` and `didNot` to this time and later.' }),
  until: time.optional().meta({ description: 'Narrows `did` and `didNot` to what was before this time.' }),
  include,
  cursor: cursor.optional(),
  limit: limit(200, 50),
}

const list = route({
  method: 'GET',
  path: '/contacts',
  operationId: 'listContacts',
  tag: 'Contacts',
  summary: 'Find contacts',
  description:
    'By address, by how an address or name begins, or by what they are and did; highest id first. One page looks at 2,000 contacts at most: where few of them fit it may be short, or empty, and still have a `next`.\n\nWho has not opened or clicked anything this year: `?didNot=open,click&since=2026-01-01T00:00:00Z`.',
  scope: 'read',
  isTimeless: true,
  query: filters,
  answer: contactPage,
  handle: async (asked) => {
    const { app, accountId, query } = asked
    const { email: emails, search, list: listId, suppressed, did, didNot, campaign, since, until } = query
    const alone = [emails && 'email', search && 'search', (listId ?? query.status ?? suppressed ?? did ?? didNot) !== undefined && 'a filter'].filter(Boolean) // oxfmt-ignore
    if (alone.length > 1) throw new Refusal('invalid_input', `${alone.join(' and ')} can not be asked for together`)
    if (emails) {
      const contacts = await findContactsByEmail(app.db, accountId, emails)
      return pageReply(asked, contacts.map(({ profile: _profile, ...contact }) => summaryJson(contact)), undefined) // oxfmt-ignore
    }
    if (search !== undefined) {
      const position = positionOf<[number, string, number]>(asked)
      const after = position && { way: position[0], word: position[1], contactId: position[2] }
      const page = await searchContacts(app.db, accountId, search, { after, limit: query.limit })
      const next = page.next && ([page.next.way, page.next.word, page.next.contactId] as const)
      return pageReply(asked, page.contacts.map(summaryJson), next)
    }
    const filter = {
      listId, status: query.status, isSuppressed: suppressed, did, didNot, campaignId: campaign,
      from: epoch(since), until: epoch(until), hidden: hiddenBut(query.include),
    } // oxfmt-ignore
    const page = await filterContacts(app.db, accountId, filter, {
      before: positionOf<number>(asked),
      limit: query.limit,
    })
    return pageReply(asked, page.contacts.map(summaryJson), page.next)
  },
})

const create = route({
  method: 'POST',
  path: '/contacts',
  operationId: 'createContact',
  tag: 'Contacts',
  summary: 'Make a contact',
  description:
    'The address must be new to the account. One that was erased comes back by its own wish alone: `"by": "contact"`.',
  scope: 'write',
  body: newContact,
  status: 201,
  answer: contactDocument,
  problems: [409, 422],
  write: async ({ accountId, body, now }, tx) => {
    const fields = { ...fieldsOf(body), email: parseEmail(body.email) }
    const made = await createContactIn(tx, accountId, { fields, by: body.by ?? 'customer', listIds: body.lists }, now)
    const shown = await showContact(tx, accountId, made.contactId)
    return { body: shown, location: `/contacts/${made.contactId}`, hasTag: true, contactId: made.contactId }
  },
})

const get = route({
  method: 'GET',
  path: '/contacts/{id}',
  operationId: 'getContact',
  tag: 'Contacts',
  summary: 'Get a contact',
  scope: 'read',
  isTimeless: true,
  params: one,
  answer: contactDocument,
  handle: async ({ app, accountId, params }) => {
    return { body: await showContact(app.db, accountId, params.id), hasTag: true }
  },
})

const change = route({
  method: 'PATCH',
  path: '/contacts/{id}',
  operationId: 'updateContact',
  tag: 'Contacts',
  summary: 'Change a contact',
  description:
    'Changes what is given. On no list a contact becomes `removed`; put on one it is `active` again, unless it opted out: that only it can change itself.',
  scope: 'write',
  params: one,
  body: contactChange,
  answer: contactDocument,
  problems: [409, 412],
  write: async (asked, tx) => {
    const { accountId, params, body, now } = asked
    await requireMatch(asked, () => showContact(tx, accountId, params.id))
    const fields = { ...fieldsOf(body), email: body.email === undefined ? undefined : parseEmail(body.email) }
    await changeContactIn(tx, accountId, params.id, { fields, by: body.by ?? 'customer', listIds: body.lists }, now)
    return { body: await showContact(tx, accountId, params.id), hasTag: true }
  },
})

const optOut = route({
  method: 'POST',
  path: '/contacts/{id}/optout',
  operationId: 'optOutContact',
  tag: 'Contacts',
  summary: 'Note that a contact wants no more mail',
  description:
    'Takes it off all lists and suppresses its address; its history stays. With `campaign` an event tells from which mail the wish came. Doing it again changes nothing.',
  scope: 'write',
  params: one,
  body: z
    .strictObject({
      by: actionBy.optional().meta({ description: 'Who asks for it; `customer` when absent.' }),
      reason: text(500).optional(),
      campaign: id.optional(),
    })
    .meta({ id: 'OptOut' }),
  answer: contactDocument,
  problems: [422],
  write: async ({ accountId, params, body, now }, tx) => {
    const { by = 'customer', reason, campaign: campaignId } = body
    await showContact(tx, accountId, params.id)
    await optOutIn(tx, accountId, params.id, { by, source: 'api', at: now, reason, campaignId }, now)
    return { body: await showContact(tx, accountId, params.id), hasTag: true, contactId: params.id }
  },
})

export const contactRoutes: readonly Route[] = [list, create, get, change, optOut]
