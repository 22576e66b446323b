// Campaigns as entries: the summary in the collection and the full resource (wire-2008 5.1, 5.2).

import type { Campaign, CampaignStatus, CampaignSummary } from '../../core/campaigns/campaign.ts'
import type { Link } from '../../core/campaigns/link.ts'
import type { EventKind } from '../../core/events/event.ts'
import type { Asked } from './asked.ts'
import { noXml, renderSource } from './feed.ts'
import { Xml, xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

const statusNames: Record<CampaignStatus, string> = {
  draft: 'Draft',
  running: 'Running',
  scheduled: 'Scheduled',
  sent: 'Sent',
  'archive-pending': 'Archive Pending',
  archived: 'Archived',
  'close-pending': 'Close Pending',
  closed: 'Closed',
}

export function renderCampaignInFeed(asked: Asked, campaign: CampaignSummary): Xml {
  const path = `/campaigns/${campaign.campaignId}`
  const date = wireTime(campaign.datedAt)
  return xml`  <entry>
    <link href="${asked.base}${path}" rel="edit" />
    <id>${asked.idBase}${path}</id>
    <title type="text">${campaign.name}</title>
    <updated>${date}</updated>
    <author>
      <name>Constant Contact</name>
    </author>
    <content type="application/vnd.ctct+xml">
      <Campaign xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
        <Name>${campaign.name}</Name>
        <Status>${statusNames[campaign.status]}</Status>
        <Date>${date}</Date>
      </Campaign>
    </content>
  </entry>
`
}

/** The campaign's own document: every element, empty where unset, but no date that there isn't (5.2, 0b). */
export function renderCampaign(
  asked: Asked,
  campaign: Campaign,
  counts: Readonly<Record<EventKind, number>>,
  links: readonly Link[],
): Xml {
  const path = `/campaigns/${campaign.campaignId}`
  const date = wireTime(campaign.datedAt)
  return xml`<?xml version='1.0' encoding='UTF-8'?>
<entry xmlns="http://www.w3.org/2005/Atom">
  <link href="${asked.base}${path}" rel="edit" />
  <id>${asked.idBase}${path}</id>
  <title type="text">${campaign.name}</title>
  <updated>${date}</updated>
  <author>
    <name>Constant Contact</name>
  </author>
  <content type="application/vnd.ctct+xml">
    <Campaign xmlns="http://ws.constantcontact.com/ns/1.0/" id="${asked.idBase}${path}">
      <Name>${campaign.name}</Name>
      <Status>${statusNames[campaign.status]}</Status>
      <Date>${date}</Date>
${dateElement('LastEditDate', campaign.editedAt)}${dateElement('LastRunDate', campaign.lastRunAt)}${dateElement('NextRunDate', campaign.nextRunAt)}      <Sent>${counts.send}</Sent>
      <Opens>${counts.open}</Opens>
      <Clicks>${counts.click}</Clicks>
      <Bounces>${counts.bounce}</Bounces>
      <Forwards>${counts.forward}</Forwards>
      <OptOuts>${counts.optout}</OptOuts>
      <SpamReports>${counts.complaint}</SpamReports>
${renderContent(campaign)}      <Urls>
${links.map((link) => renderUrl(asked, path, link))}      </Urls>
      <ContactLists></ContactLists>
${renderAddress('FromEmail', campaign.content.fromEmail)}${renderAddress('ReplyToEmail', campaign.content.replyToEmail)}    </Campaign>
  </content>
${renderSource(asked, '/campaigns', `Campaigns for customer: ${asked.account.username}`)}</entry>
`
}

function renderContent({ content }: Campaign): Xml {
  const flag = (text: string | undefined): string => (text ? 'YES' : 'NO')
  return xml`      <SharePageURL>${content.sharePageUrl ?? ''}</SharePageURL>
      <Subject>${content.subject ?? ''}</Subject>
      <FromName>${content.fromName ?? ''}</FromName>
      <CampaignType>CUSTOM</CampaignType>
      <ViewAsWebpage>${flag(content.viewAsWebpageLinkText)}</ViewAsWebpage>
      <ViewAsWebpageLinkText>${content.viewAsWebpageLinkText ?? ''}</ViewAsWebpageLinkText>
      <ViewAsWebpageText>${content.viewAsWebpageText ?? ''}</ViewAsWebpageText>
      <PermissionReminder>${flag(content.permissionReminderText)}</PermissionReminder>
      <PermissionReminderText>${content.permissionReminderText ?? ''}</PermissionReminderText>
      <GreetingSalutation>${content.greetingSalutation ?? ''}</GreetingSalutation>
      <GreetingName>${content.greetingName ?? 'None'}</GreetingName>
      <GreetingString>${content.greetingString ?? ''}</GreetingString>
      <OrganizationName>${content.organizationName ?? ''}</OrganizationName>
      <OrganizationAddress1>${content.organizationAddress1 ?? ''}</OrganizationAddress1>
      <OrganizationAddress2>${content.organizationAddress2 ?? ''}</OrganizationAddress2>
      <OrganizationAddress3>${content.organizationAddress3 ?? ''}</OrganizationAddress3>
      <OrganizationCity>${content.organizationCity ?? ''}</OrganizationCity>
      <OrganizationState>${content.organizationState ?? ''}</OrganizationState>
      <OrganizationInternationalState>${content.organizationInternationalState ?? ''}</OrganizationInternationalState>
      <OrganizationCountry>${content.organizationCountry ?? ''}</OrganizationCountry>
      <OrganizationPostalCode>${content.organizationPostalCode ?? ''}</OrganizationPostalCode>
      <IncludeForwardEmail>${flag(content.forwardEmailLinkText)}</IncludeForwardEmail>
      <ForwardEmailLinkText>${content.forwardEmailLinkText ?? ''}</ForwardEmailLinkText>
      <IncludeSubscribeLink>${flag(content.subscribeLinkText)}</IncludeSubscribeLink>
      <SubscribeLinkText>${content.subscribeLinkText ?? ''}</SubscribeLinkText>
      <ArchiveStatus>${content.archiveUrl ? 'Published' : 'Pending'}</ArchiveStatus>
      <ArchiveURL>${content.archiveUrl ?? ''}</ArchiveURL>
      <EmailContentFormat>HTML</EmailContentFormat>
      <EmailContent>${content.html ?? ''}</EmailContent>
      <EmailTextContent>${content.text ?? ''}</EmailTextContent>
      <StyleSheet>${content.styleSheet ?? ''}</StyleSheet>
`
}

// `Value` with a capital is what clients read (5.2).
function renderUrl(asked: Asked, path: string, link: Link): Xml {
  return xml`        <Url id="${asked.idBase}${path}/events/urls/${link.linkNo}">
          <Value>${link.url}</Value>
          <Clicks>${link.clicks}</Clicks>
        </Url>
`
}

function renderAddress(name: string, address: string | undefined): Xml {
  const element = new Xml(name)
  return xml`      <${element}>
        <EmailAddress>${address ?? ''}</EmailAddress>
      </${element}>
`
}

function dateElement(name: string, at: number | null): Xml {
  const element = new Xml(name)
  return at === null ? noXml : xml`      <${element}>${wireTime(at)}</${element}>\n`
}
