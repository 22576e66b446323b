// Event entries (wire-2008 3.3, 3.4). The hottest rendering there is: what a page's entries share is escaped once.

import { bounceDescriptions } from '../../core/events/event.ts'
import type { HistoryEvent } from '../../core/events/history.ts'
import type { Asked } from './asked.ts'
import type { EventCollection } from './event-collections.ts'
import { escapeXml, Xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

export interface EventFeed {
  collection: EventCollection
  name: string
  contactId: number
  email: string
}

/** All entries of a page, in order, indented to stand in a feed. Entries of events have no link (0.5). */
export function renderEventEntries(asked: Asked, feed: EventFeed, events: readonly HistoryEvent[]): Xml {
  const elements = payloadElements(asked, feed.collection)
  const contactUrl = `${escapeXml(asked.idBase)}/contacts/${feed.contactId}`
  const contact = renderContactPart(asked, feed, contactUrl)
  const campaigns = new Map<number, CampaignPart>()
  let text = ''
  for (const event of events) {
    const { campaignId } = event
    let campaign = campaigns.get(campaignId)
    if (!campaign) campaigns.set(campaignId, (campaign = renderCampaignPart(asked, feed, contactUrl, event)))
    const id = campaign.idStart + event.at
    const time = wireTime(event.at)
    const children = contact + campaign.element + time + '</EventTime>\n' + extraChildren(event)
    text += '  <entry>\n    <id>' + id + campaign.title + time + afterUpdated
    for (const element of elements) {
      text += `      <${element} xmlns="http://ws.constantcontact.com/ns/1.0/" id="` + id + '">\n'
      text += children + `      </${element}>\n`
    }
    text += '    </content>\n  </entry>\n'
  }
  return new Xml(text)
}

const afterUpdated = `</updated>
    <author>
      <name>Constant Contact</name>
    </author>
    <content type="application/vnd.ctct+xml">
`

function renderContactPart({ base }: Asked, { contactId, email }: EventFeed, contactUrl: string): string {
  return `        <Contact id="${contactUrl}">
          <EmailAddress>${escapeXml(email)}</EmailAddress>
          <link xmlns="http://www.w3.org/2005/Atom" href="${escapeXml(base)}/contacts/${contactId}" rel="self" />
        </Contact>
`
}

/** What all events of one campaign on a page have in common. */
interface CampaignPart {
  /** The id up to the time. */
  idStart: string
  /** From behind the entry's id to its time. */
  title: string
  /** From the campaign element to the event's time. */
  element: string
}

function renderCampaignPart(asked: Asked, feed: EventFeed, contactUrl: string, event: HistoryEvent): CampaignPart {
  const { campaignId } = event
  const url = `${escapeXml(asked.idBase)}/campaigns/${campaignId}`
  const title = `${feed.collection.entryTitle} for Customer: ${escapeXml(asked.account.username)}, Campaign: ${url}`
  return {
    idStart: `${contactUrl}/events/${feed.name}/${campaignId},${feed.contactId},`,
    title: `</id>
    <title type="text">${title}</title>
    <updated>`,
    element: `        <Campaign id="${url}">
          <link xmlns="http://www.w3.org/2005/Atom" href="${escapeXml(asked.base)}/campaigns/${campaignId}" rel="self" />
          <Name>${escapeXml(event.campaignName)}</Name>
        </Campaign>
        <EventTime>`,
  }
}

// Three old clients look for two spellings, and each finds its own among several (3.2).
function payloadElements({ app }: Asked, collection: EventCollection): string[] {
  if (collection.kind !== 'optout') return [collection.element]
  return app.config.atomOptoutElement === 'both' ? ['OptoutEvent', 'OptOutEvent'] : [app.config.atomOptoutElement]
}

function extraChildren(event: HistoryEvent): string {
  if (event.kind === 'click') return `        <LinkUrl>${escapeXml(event.url ?? '')}</LinkUrl>\n`
  if (event.kind === 'bounce') {
    const code = event.code ?? 'X'
    return `        <Code>${code}</Code>
        <Description>${bounceDescriptions[code]}</Description>
        <BounceMessage>${escapeXml(event.message ?? '')}</BounceMessage>
`
  }
  if (event.kind !== 'optout') return ''
  const source =
    event.by === undefined ? '' : `        <OptOutSource>ACTION_BY_${event.by.toUpperCase()}</OptOutSource>\n`
  return event.message === undefined
    ? source
    : `${source}        <OptOutReason>${escapeXml(event.message)}</OptOutReason>\n`
}
