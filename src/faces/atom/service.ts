// Service documents: the account's (wire-2008 1.4) and a contact's events (3.1).

import { getContactEmail } from '../../core/contacts/contact.ts'
import type { Asked } from './asked.ts'
import { serviceAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { eventCollections } from './event-collections.ts'
import { xml } from './xml.ts'
import type { Xml } from './xml.ts'

const entryType = ['application/atom+xml; type=entry']
const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data']

/** GET /ws/customers/{u}/ */
export function getService({ base }: Asked): Document {
  // Lists and activities as recorded in 2008; contacts and campaigns behind them are a guess (1.4).
  return serviceAnswer(
    renderService('Constant Contact Web Services Customer Workspace', [
      { href: `${base}/lists`, title: 'Contact Lists', accept: entryType },
      { href: `${base}/activities`, title: 'Bulk Activity', accept: formTypes },
      { href: `${base}/contacts`, title: 'Contacts', accept: entryType },
      { href: `${base}/campaigns`, title: 'Campaigns', accept: entryType },
    ]),
  )
}

/** GET /ws/customers/{u}/contacts/{id}/events/ */
export async function getContactEventsIndex(asked: Asked, contactId: number): Promise<Document> {
  await getContactEmail(asked.app.db, asked.account.accountId, contactId)
  const collections = Object.entries(eventCollections).map(([name, { title }]) => ({ name, title: `${title} Events` }))
  const all = [...collections, { name: 'summary', title: 'Events Summary' }]
  return serviceAnswer(renderEventsIndex(asked, `/contacts/${contactId}/events`, `Contact id: ${contactId}`, all))
}

/** The index of a contact's or campaign's event collections; `whose` ends their titles. */
export function renderEventsIndex(
  asked: Asked,
  path: string,
  whose: string,
  collections: readonly { name: string; title: string }[],
): Xml {
  return renderService(
    'Constant Contact Web Services Event Workspace',
    collections.map(({ name, title }) => ({
      href: `${asked.base}${path}/${name}`,
      title: `${title} for Customer: ${asked.account.username}, ${whose}`,
      accept: entryType,
    })),
  )
}

interface Collection {
  href: string
  title: string
  accept: readonly string[]
}

function renderService(title: string, collections: readonly Collection[]): Xml {
  return xml`<?xml version='1.0' encoding='UTF-8'?>
<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">
  <workspace>
    <atom:title type="text">${title}</atom:title>
${collections.map(renderCollection)}  </workspace>
</service>
`
}

function renderCollection({ href, title, accept }: Collection): Xml {
  return xml`    <collection href="${href}">
      <atom:title type="text">${title}</atom:title>
${accept.map((type) => xml`      <accept>${type}</accept>\n`)}    </collection>
`
}
