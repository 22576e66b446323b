// The account's own addresses on the old wire, read-only (wire-2008 8.1).

import { getSender, listSenders } from '../../core/senders/sender.ts'
import type { Sender } from '../../core/senders/sender.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import type { Asked } from './asked.ts'
import { noXml, renderFeed, renderSource } from './feed.ts'
import { wireTime } from './wire-time.ts'
import { Xml, xml } from './xml.ts'

const path = '/settings/emailaddresses'

/** GET /ws/customers/{u}/settings/emailaddresses: no paging links, and an empty title. */
export async function getSenders(asked: Asked): Promise<Document> {
  const senders = await listSenders(asked.app.db, asked.account.accountId)
  const entries = senders.map((sender) => renderSender(asked, sender, 'in feed'))
  return atomAnswer(renderFeed(asked, { title: '', path, paging: [], entries }))
}

/** GET /ws/customers/{u}/settings/emailaddresses/{id} */
export async function getOneSender(asked: Asked, senderId: number): Promise<Document> {
  const sender = await getSender(asked.app.db, asked.account.accountId, senderId)
  return atomAnswer(renderSender(asked, sender, 'document'))
}

// An address not yet verified is Pending and has no VerifiedTime.
function renderSender(asked: Asked, { senderId, email, verifiedAt }: Sender, place: 'in feed' | 'document'): Xml {
  const isDocument = place === 'document'
  const p = new Xml(isDocument ? '' : '  ')
  const head = isDocument
    ? `<?xml version='1.0' encoding='UTF-8'?>\n<entry xmlns="http://www.w3.org/2005/Atom">`
    : '  <entry>'
  const id = `${path}/${senderId}`
  const verified = verifiedAt === null ? noXml : xml`${p}      <VerifiedTime>${wireTime(verifiedAt)}</VerifiedTime>\n`
  return xml`${new Xml(head)}
${p}  <link href="${asked.base}${id}" rel="edit" />
${p}  <id>${asked.idBase}${id}</id>
${p}  <title type="text">${email}</title>
${p}  <updated>${wireTime(verifiedAt ?? asked.now)}</updated>
${p}  <author>
${p}    <name>Constant Contact</name>
${p}  </author>
${p}  <content type="application/vnd.ctct+xml">
${p}    <Email xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${id}">
${p}      <EmailAddress>${email}</EmailAddress>
${p}      <Status>${verifiedAt === null ? 'Pending' : 'Verified'}</Status>
${verified}${p}    </Email>
${p}  </content>
${isDocument ? renderSource(asked, path, '') : noXml}${p}</entry>
`
}
