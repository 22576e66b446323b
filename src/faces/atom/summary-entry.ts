// One campaign in a contact's events summary (wire-2008 3.5), odd ids and titles as recorded.

import type { CampaignSummary } from '../../core/events/counts.ts'
import type { Asked } from './asked.ts'
import { renderEntry } from './entry.ts'
import type { Place } from './entry.ts'
import { xml } from './xml.ts'
import type { Xml } from './xml.ts'

export function renderSummaryEntry(
  asked: Asked,
  contact: { contactId: number; email: string },
  summary: CampaignSummary,
  place: Place,
): Xml {
  const { base, idBase } = asked
  const { contactId, email } = contact
  const { campaignId, campaignName, counts } = summary
  const collection = `/contacts/${contactId}/events/summary`
  const title = `Events Summary for Customer: ${asked.account.username}, Contact id: `
  const idPath = `/events/summary/${campaignId}`
  return renderEntry(asked, place, {
    path: `${collection}/${campaignId}`,
    idPath,
    title: `${title}${idBase}/contacts/${contactId}`,
    updated: asked.now,
    source: { path: collection, title: `${title}${contactId}` },
    payload: (p) => xml`${p}<ReportsSummary xmlns="http://ws.constantcontact.com/ns/1.0/" id="${idBase}${idPath}">
${p}  <Contact id="${idBase}/contacts/${contactId}">
${p}    <EmailAddress>${email}</EmailAddress>
${p}    <link xmlns="http://www.w3.org/2005/Atom" href="${base}/contacts/${contactId}" rel="self" />
${p}  </Contact>
${p}  <Campaign id="${idBase}/campaigns/${campaignId}">
${p}    <link xmlns="http://www.w3.org/2005/Atom" href="${base}/campaigns/${campaignId}" rel="self" />
${p}    <Name>${campaignName}</Name>
${p}  </Campaign>
${p}  <Opens>${counts.open}</Opens>
${p}  <Clicks>${counts.click}</Clicks>
${p}  <Forwards>${counts.forward}</Forwards>
${p}</ReportsSummary>
`,
  })
}
