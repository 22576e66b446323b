// Campaigns as entries: the summary in the collection and the full resource (wire-2008 5.1, 5.2).

import type { Campaign, CampaignStatus, CampaignSummary, ContentField } from '../../core/campaigns/campaign.ts'
import type { Link } from '../../core/campaigns/link.ts'
import type { EventKind } from '../../core/events/event.ts'
import type { Asked } from './asked.ts'
import { contentElements } from './campaign-payload.ts'
import { renderEntry } from './entry.ts'
import type { Entry } from './entry.ts'
import { noXml } from './feed.ts'
import { Xml, xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

const statusNames: Record<CampaignStatus, string> = {
  draft: 'Draft',
  running: 'Running',
  // The old wire knows neither: one goes on, of the other a part went out.
  paused: 'Running',
  cancelled: 'Sent',
  scheduled: 'Scheduled',
  sent: 'Sent',
  'archive-pending': 'Archive Pending',
  archived: 'Archived',
  'close-pending': 'Close Pending',
  closed: 'Closed',
}

export function renderCampaignInFeed(asked: Asked, campaign: CampaignSummary): Xml {
  const path = `/campaigns/${campaign.campaignId}`
  return renderEntry(asked, 'in feed', {
    path,
    title: campaign.name,
    updated: campaign.datedAt,
    source: sourceOf(asked),
    payload: () => xml`      <Campaign xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
        <Name>${campaign.name}</Name>
        <Status>${statusNames[campaign.status]}</Status>
        <Date>${wireTime(campaign.datedAt)}</Date>
      </Campaign>
`,
  })
}

export interface CampaignAddress {
  email: string
  /** Of the sender with this address; undefined when the account has none. */
  senderId: number | undefined
}

export interface CampaignParts {
  counts: Readonly<Record<EventKind, number>>
  links: readonly Link[]
  listIds: readonly number[]
  from: CampaignAddress
  replyTo: CampaignAddress
}

/** The campaign's own document: every element, empty where unset, but no date that there isn't (5.2, 0b). */
export function renderCampaign(asked: Asked, campaign: Campaign, parts: CampaignParts): Xml {
  const { counts, links, listIds, from, replyTo } = parts
  const path = `/campaigns/${campaign.campaignId}`
  return renderEntry(asked, 'document', {
    path,
    title: campaign.name,
    updated: campaign.datedAt,
    source: sourceOf(asked),
    payload: () => xml`    <Campaign xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
      <Name>${campaign.name}</Name>
      <Status>${statusNames[campaign.status]}</Status>
      <Date>${wireTime(campaign.datedAt)}</Date>
${dateElement('LastEditDate', campaign.editedAt)}${dateElement('LastRunDate', campaign.lastRunAt)}${dateElement('NextRunDate', campaign.nextRunAt)}      <Sent>${counts.send}</Sent>
      <Opens>${counts.open}</Opens>
      <Clicks>${counts.click}</Clicks>
      <Bounces>${counts.bounce}</Bounces>
      <Forwards>${counts.forward}</Forwards>
      <OptOuts>${counts.optout}</OptOuts>
      <SpamReports>${counts.complaint}</SpamReports>
${renderContent(campaign)}      <Urls>
${links.map((link) => renderUrl(asked, path, link))}      </Urls>
${renderLists(asked, listIds)}${renderAddress(asked, 'FromEmail', from)}${renderAddress(asked, 'ReplyToEmail', replyTo)}    </Campaign>
`,
  })
}

// Small letters in "customer" here alone, as recorded (5.1).
function sourceOf({ account }: Asked): Entry['source'] {
  return { path: '/campaigns', title: `Campaigns for customer: ${account.username}` }
}

// Every element, empty where unset; what a flag says where nobody said anything follows from its text.
function renderContent({ content }: Campaign): Xml[] {
  const flag = (text: string | undefined): string => (text ? 'YES' : 'NO')
  const unset: Partial<Record<ContentField, string>> = {
    viewAsWebpage: flag(content.viewAsWebpageLinkText),
    permissionReminder: flag(content.permissionReminderText),
    includeForwardEmail: flag(content.forwardEmailLinkText),
    includeSubscribeLink: flag(content.subscribeLinkText),
    greetingName: 'None',
    archiveStatus: content.archiveUrl ? 'Published' : 'Pending',
    emailContentFormat: 'HTML',
  }
  return contentElements.flatMap(([name, field]) => {
    const element = new Xml(name)
    const line = xml`      <${element}>${content[field] || (unset[field] ?? '')}</${element}>\n`
    return name === 'FromName' ? [line, xml`      <CampaignType>CUSTOM</CampaignType>\n`] : [line]
  })
}

// `Value` with a capital is what clients read (5.2).
function renderUrl(asked: Asked, path: string, link: Link): Xml {
  return xml`        <Url id="${asked.idBase}${path}/events/urls/${link.linkNo}">
          <Value>${link.url}</Value>
          <Clicks>${link.clicks}</Clicks>
        </Url>
`
}

// Clients read the id of the address unguarded, so it is there whenever the address is the account's own.
function renderAddress(asked: Asked, name: string, { email, senderId }: CampaignAddress): Xml {
  const element = new Xml(name)
  const path = `/settings/emailaddresses/${senderId}`
  const own = xml`        <Email id="${asked.idBase}${path}">
          <link xmlns="http://www.w3.org/2005/Atom" href="${asked.base}${path}" rel="self" />
        </Email>
`
  return xml`      <${element}>
${senderId === undefined ? noXml : own}        <EmailAddress>${email}</EmailAddress>
      </${element}>
`
}

function renderLists(asked: Asked, listIds: readonly number[]): Xml {
  if (listIds.length === 0) return xml`      <ContactLists></ContactLists>\n`
  return xml`      <ContactLists>
${listIds.map(
  (listId) => xml`        <ContactList id="${asked.idBase}/lists/${listId}">
          <link xmlns="http://www.w3.org/2005/Atom" href="${asked.base}/lists/${listId}" rel="self" />
        </ContactList>
`,
)}      </ContactLists>
`
}

function dateElement(name: string, at: number | null): Xml {
  const element = new Xml(name)
  return at === null ? noXml : xml`      <${element}>${wireTime(at)}</${element}>\n`
}
