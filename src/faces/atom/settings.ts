// The account's own addresses on the old wire, read-only (wire-2008 8.1).

import { getSender, listSenders } from '../../core/senders/sender.ts'
import type { Sender } from '../../core/senders/sender.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import type { Asked } from './asked.ts'
import { renderEntry } from './entry.ts'
import type { Place } from './entry.ts'
import { noXml, renderFeed } from './feed.ts'
import { wireTime } from './wire-time.ts'
import { xml } from './xml.ts'
import type { Xml } from './xml.ts'

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
function renderSender(asked: Asked, { senderId, email, verifiedAt }: Sender, place: Place): Xml {
  const own = `${path}/${senderId}`
  return renderEntry(asked, place, {
    path: own,
    title: email,
    updated: verifiedAt ?? asked.now,
    source: { path, title: '' },
    payload: (p) => xml`${p}<Email xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${own}">
${p}  <EmailAddress>${email}</EmailAddress>
${p}  <Status>${verifiedAt === null ? 'Pending' : 'Verified'}</Status>
${verifiedAt === null ? noXml : xml`${p}  <VerifiedTime>${wireTime(verifiedAt)}</VerifiedTime>\n`}${p}</Email>
`,
  })
}
