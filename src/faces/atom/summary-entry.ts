// One campaign in a contact's events summary (wire-2008 3.5), odd ids and titles as recorded.

import type { CampaignSummary } from '../../core/events/counts.ts'
import type { Asked } from './asked.ts'
import { renderSource } from './feed.ts'
import { Xml, xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

export function renderSummaryEntry(
  asked: Asked,
  contact: { contactId: number; email: string },
  summary: CampaignSummary,
  place: 'in feed' | 'document',
): Xml {
  const { base, idBase } = asked
  const { contactId, email } = contact
  const { campaignId, campaignName, counts } = summary
  const id = `${idBase}/events/summary/${campaignId}`
  const [pad, head, open] =
    place === 'in feed'
      ? ['  ', '', '<entry>']
      : ['', `<?xml version='1.0' encoding='UTF-8'?>\n`, '<entry xmlns="http://www.w3.org/2005/Atom">']
  const p = raw(pad)
  const source =
    place === 'in feed'
      ? raw('')
      : renderSource(
          asked,
          `/contacts/${contactId}/events/summary`,
          `Events Summary for Customer: ${asked.account.username}, Contact id: ${contactId}`,
        )
  return xml`${raw(head)}${p}${raw(open)}
${p}  <link href="${base}/contacts/${contactId}/events/summary/${campaignId}" rel="edit" />
${p}  <id>${id}</id>
${p}  <title type="text">Events Summary for Customer: ${asked.account.username}, Contact id: ${idBase}/contacts/${contactId}</title>
${p}  <updated>${wireTime(asked.now)}</updated>
${p}  <author>
${p}    <name>Constant Contact</name>
${p}  </author>
${p}  <content type="application/vnd.ctct+xml">
${p}    <ReportsSummary xmlns="http://ws.constantcontact.com/ns/1.0/" id="${id}">
${p}      <Contact id="${idBase}/contacts/${contactId}">
${p}        <EmailAddress>${email}</EmailAddress>
${p}        <link xmlns="http://www.w3.org/2005/Atom" href="${base}/contacts/${contactId}" rel="self" />
${p}      </Contact>
${p}      <Campaign id="${idBase}/campaigns/${campaignId}">
${p}        <link xmlns="http://www.w3.org/2005/Atom" href="${base}/campaigns/${campaignId}" rel="self" />
${p}        <Name>${campaignName}</Name>
${p}      </Campaign>
${p}      <Opens>${counts.open}</Opens>
${p}      <Clicks>${counts.click}</Clicks>
${p}      <Forwards>${counts.forward}</Forwards>
${p}    </ReportsSummary>
${p}  </content>
${source}${p}</entry>
`
}

function raw(text: string): Xml {
  return new Xml(text)
}
