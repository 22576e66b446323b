// Lists and members as entries (wire-2008 6.1, 6.2, 6.5).

import type { List } from '../../core/lists/list.ts'
import type { Member } from '../../core/lists/membership.ts'
import type { Asked } from './asked.ts'
import { renderSource } from './feed.ts'
import { wireTime } from './wire-time.ts'
import { Xml, xml } from './xml.ts'

type Place = 'in feed' | 'document'

export function renderListInFeed(asked: Asked, list: List, memberCount: number): Xml {
  return renderEntry(asked, String(list.listId), list.name, 'in feed', ownFields(asked, list, memberCount))
}

export function renderList(asked: Asked, list: List, memberCount: number): Xml {
  return renderEntry(asked, String(list.listId), list.name, 'document', ownFields(asked, list, memberCount))
}

/** A system list has two elements and no more. */
export function renderSystemList(asked: Asked, id: string, name: string, place: Place): Xml {
  return renderEntry(asked, id, name, place, (p) => xml`${p}<Name>${name}</Name>\n${p}<ShortName>${name}</ShortName>\n`)
}

// DisplayOnSignup is No for lists made through the API, and here all are (6.1).
function ownFields({ idBase }: Asked, list: List, memberCount: number): (p: Xml) => Xml {
  return (p) => xml`${p}<OptInDefault>${list.isOptInDefault}</OptInDefault>
${p}<Name>${list.name}</Name>
${p}<ShortName>${list.name}</ShortName>
${p}<DisplayOnSignup>No</DisplayOnSignup>
${p}<SortOrder>${list.sortOrder}</SortOrder>
${p}<Members id="${idBase}/lists/${list.listId}/members"></Members>
${p}<ContactCount>${memberCount}</ContactCount>
`
}

function renderEntry(asked: Asked, id: string, name: string, place: Place, fields: (pad: Xml) => Xml): Xml {
  const isDocument = place === 'document'
  const p = new Xml(isDocument ? '' : '  ')
  const head = new Xml(
    isDocument ? `<?xml version='1.0' encoding='UTF-8'?>\n<entry xmlns="http://www.w3.org/2005/Atom">` : '  <entry>',
  )
  const source = isDocument
    ? renderSource(asked, '/lists', `Contact Lists for Customer: ${asked.account.username}`)
    : new Xml('')
  return xml`${head}
${p}  <link href="${asked.base}/lists/${id}" rel="edit" />
${p}  <id>${asked.idBase}/lists/${id}</id>
${p}  <title type="text">${name}</title>
${p}  <updated>${wireTime(asked.now)}</updated>
${p}  <author>
${p}    <name>Constant Contact</name>
${p}  </author>
${p}  <content type="application/vnd.ctct+xml">
${p}    <ContactList xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}/lists/${id}">
${fields(new Xml(`${p.text}      `))}${p}    </ContactList>
${p}  </content>
${source}${p}</entry>
`
}

/** The edit link leads nowhere and the id to the contact, as recorded (6.5). */
export function renderMember(asked: Asked, listId: string, member: Member): Xml {
  const url = `${asked.idBase}/contacts/${member.contactId}`
  return xml`  <entry>
    <link href="${asked.base}/lists/${listId}/members/${member.contactId}" rel="edit" />
    <id>${url}</id>
    <title type="text">Contact: ${member.email}</title>
    <updated>${wireTime(asked.now)}</updated>
    <author>
      <name>Constant Contact</name>
    </author>
    <content type="application/vnd.ctct+xml">
      <ContactListMember xmlns="http://ws.constantcontact.com/ns/1.0/" id="${url}">
        <EmailAddress>${member.email}</EmailAddress>
        <Name>${[member.lastName, member.firstName].filter(Boolean).join(', ')}</Name>
      </ContactListMember>
    </content>
  </entry>
`
}
