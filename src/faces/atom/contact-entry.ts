// Contacts as entries: the summary in collections and the full resource (wire-2008 2.1, 2.3).

import { profileFields } from '../../core/contacts/contact.ts'
import type { ActionBy, Contact, ContactStatus, ContactSummary, ProfileField } from '../../core/contacts/contact.ts'
import type { Membership } from '../../core/lists/membership.ts'
import type { Asked } from './asked.ts'
import { elementName } from './contact-payload.ts'
import { renderEntry } from './entry.ts'
import type { Entry } from './entry.ts'
import { noXml } from './feed.ts'
import { Xml, xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

const statusNames: Record<ContactStatus, string> = {
  active: 'Active',
  unconfirmed: 'Unconfirmed',
  removed: 'Removed',
  'do-not-mail': 'Do Not Mail',
}
const emailTypeNames = { html: 'HTML', text: 'Text' }

/** An entry of the collection; one found by its address shows two elements more (2.2). */
export function renderContactInFeed(asked: Asked, contact: ContactSummary, how: 'listed' | 'found by email'): Xml {
  const path = `/contacts/${contact.contactId}`
  return renderEntry(asked, 'in feed', {
    path,
    title: `Contact: ${contact.email}`,
    updated: asked.now,
    source: sourceOf(asked),
    payload: () => xml`      <Contact xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
        <Status>${statusNames[contact.status]}</Status>
        <EmailAddress>${contact.email}</EmailAddress>
        <EmailType>${emailTypeNames[contact.emailType]}</EmailType>
        <Name>${[contact.lastName, contact.firstName].filter(Boolean).join(', ')}</Name>
${optIn(contact)}${how === 'listed' ? noXml : found(contact)}${optOut(contact, '        ')}      </Contact>
`,
  })
}

/** The contact's own document. Every element is there even when empty: one client reads them unguarded (2.3). */
export function renderContact(asked: Asked, contact: Contact, memberships: readonly Membership[]): Xml {
  const path = `/contacts/${contact.contactId}`
  const { profile } = contact
  const [middleName, ...others] = profileFields
  return renderEntry(asked, 'document', {
    path,
    title: `Contact: ${contact.email}`,
    updated: contact.updatedAt,
    source: sourceOf(asked),
    payload: () => xml`    <Contact xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
      <Status>${statusNames[contact.status]}</Status>
      <EmailAddress>${contact.email}</EmailAddress>
      <EmailType>${emailTypeNames[contact.emailType]}</EmailType>
      <Name>${[contact.firstName, contact.lastName].filter(Boolean).join(' ')}</Name>
      <FirstName>${contact.firstName}</FirstName>
      <MiddleName>${profile[middleName] ?? ''}</MiddleName>
      <LastName>${contact.lastName}</LastName>
${others.map((field) => profileElement(field, profile[field] ?? ''))}${renderMemberships(asked, memberships)}      <Confirmed>${contact.confirmed}</Confirmed>
      <InsertTime>${wireTime(contact.createdAt)}</InsertTime>
      <LastUpdateTime>${wireTime(contact.updatedAt)}</LastUpdateTime>
${optOut(contact, '      ')}    </Contact>
`,
  })
}

function sourceOf({ account }: Asked): Entry['source'] {
  return { path: '/contacts', title: `Contacts for Customer: ${account.username}` }
}

function optIn({ optInAt, optInSource, createdAt }: ContactSummary): Xml {
  return xml`        <OptInTime>${wireTime(optInAt ?? createdAt)}</OptInTime>
        <OptInSource>${actionBy(optInSource ?? 'customer')}</OptInSource>
`
}

function found({ confirmed, createdAt }: ContactSummary): Xml {
  return xml`        <Confirmed>${confirmed}</Confirmed>
        <InsertTime>${wireTime(createdAt)}</InsertTime>
`
}

// Names by one client's list, the place is a guess (2.1, 2.3).
function optOut({ status, optOutAt, optOutSource, optOutReason }: ContactSummary, pad: string): Xml {
  if (status !== 'do-not-mail') return noXml
  const p = new Xml(pad)
  return xml`${optOutAt === null ? noXml : xml`${p}<OptOutTime>${wireTime(optOutAt)}</OptOutTime>\n`}${p}<OptOutSource>${actionBy(optOutSource ?? 'customer')}</OptOutSource>
${p}<OptOutReason>${optOutReason ?? ''}</OptOutReason>
`
}

function profileElement(field: ProfileField, value: string): Xml {
  const name = new Xml(elementName(field))
  return xml`      <${name}>${value}</${name}>\n`
}

// `<ContactLists>` stands literally, without attributes: one client edits it by regular expression (0b).
function renderMemberships(asked: Asked, memberships: readonly Membership[]): Xml {
  if (memberships.length === 0) return xml`      <ContactLists></ContactLists>\n`
  return xml`      <ContactLists>
${memberships.map(
  ({ listId, optInAt, optInSource }) => xml`        <ContactList id="${asked.idBase}/lists/${listId}">
          <link xmlns="http://www.w3.org/2005/Atom" href="${asked.base}/lists/${listId}" rel="self" />
          <OptInSource>${actionBy(optInSource)}</OptInSource>
          <OptInTime>${wireTime(optInAt)}</OptInTime>
        </ContactList>
`,
)}      </ContactLists>
`
}

function actionBy(by: ActionBy): string {
  return `ACTION_BY_${by.toUpperCase()}`
}
