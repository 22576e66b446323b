// Lists and members as entries (wire-2008 6.1, 6.2, 6.5).

import type { List } from '../../core/lists/list.ts'
import type { Member } from '../../core/lists/membership.ts'
import type { Asked } from './asked.ts'
import { renderEntry } from './entry.ts'
import type { Place } from './entry.ts'
import { Xml, xml } from './xml.ts'

export function renderList(asked: Asked, list: List, memberCount: number, place: Place): Xml {
  // DisplayOnSignup is No for lists made through the API, and here all are (6.1).
  return renderEntryOf(
    asked,
    String(list.listId),
    list.name,
    place,
    (p) => xml`${p}<OptInDefault>${list.isOptInDefault}</OptInDefault>
${p}<Name>${list.name}</Name>
${p}<ShortName>${list.name}</ShortName>
${p}<DisplayOnSignup>No</DisplayOnSignup>
${p}<SortOrder>${list.sortOrder}</SortOrder>
${p}<Members id="${asked.idBase}/lists/${list.listId}/members"></Members>
${p}<ContactCount>${memberCount}</ContactCount>
`,
  )
}

/** A system list has two elements and no more. */
export function renderSystemList(asked: Asked, id: string, name: string, place: Place): Xml {
  return renderEntryOf(
    asked,
    id,
    name,
    place,
    (p) => xml`${p}<Name>${name}</Name>\n${p}<ShortName>${name}</ShortName>\n`,
  )
}

function renderEntryOf(asked: Asked, id: string, name: string, place: Place, fields: (pad: Xml) => Xml): Xml {
  const path = `/lists/${id}`
  return renderEntry(asked, place, {
    path,
    title: name,
    updated: asked.now,
    source: { path: '/lists', title: `Contact Lists for Customer: ${asked.account.username}` },
    payload: (p) => xml`${p}<ContactList xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
${fields(new Xml(`${p.text}  `))}${p}</ContactList>
`,
  })
}

/** The edit link leads nowhere and the id to the contact, as recorded (6.5). */
export function renderMember(asked: Asked, listId: string, member: Member): Xml {
  const idPath = `/contacts/${member.contactId}`
  return renderEntry(asked, 'in feed', {
    path: `/lists/${listId}/members/${member.contactId}`,
    idPath,
    title: `Contact: ${member.email}`,
    updated: asked.now,
    source: { path: `/lists/${listId}/members`, title: `Contacts for Customer: ${asked.account.username}` },
    payload:
      () => xml`      <ContactListMember xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${idPath}">
        <EmailAddress>${member.email}</EmailAddress>
        <Name>${[member.lastName, member.firstName].filter(Boolean).join(', ')}</Name>
      </ContactListMember>
`,
  })
}
