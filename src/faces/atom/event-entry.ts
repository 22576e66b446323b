// Event entries (wire-2008 3.3, 3.4). The hottest rendering there is: what a page's entries share is escaped once.

import { bounceDescriptions } from '../../core/events/event.ts'
import type { HistoryEvent } from '../../core/events/history.ts'
import type { Asked } from './asked.ts'
import type { EventCollection } from './event-collections.ts'
import { escapeXml, Xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

export interface EventFeed {
  collection: EventCollection
  /** Of the feed, below the account. */
  path: string
  emailOf: (contactId: number) => string
}

/** All entries of a page, in order, indented to stand in a feed. Entries of events have no link (0.5). */
export function renderEventEntries(asked: Asked, feed: EventFeed, events: readonly HistoryEvent[]): Xml {
  const elements = payloadElements(asked, feed.collection)
  const idStart = `${escapeXml(asked.idBase)}${feed.path}/`
  const contacts = new Map<number, string>()
  const campaigns = new Map<number, CampaignPart>()
  let text = ''
  for (const event of events) {
    const { campaignId, contactId } = event
    let campaign = campaigns.get(campaignId)
    if (!campaign) campaigns.set(campaignId, (campaign = renderCampaignPart(asked, feed, event)))
    let contact = contacts.get(contactId)
    if (!contact) contacts.set(contactId, (contact = renderContactPart(asked, contactId, feed.emailOf(contactId))))
    const id = `${idStart}${campaignId},${contactId},${event.at}`
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

function renderContactPart({ base, idBase }: Asked, contactId: number, email: string): string {
  return `        <Contact id="${escapeXml(idBase)}/contacts/${contactId}">
          <EmailAddress>${escapeXml(email)}</EmailAddress>
          <link xmlns="http://www.w3.org/2005/Atom" href="${escapeXml(base)}/contacts/${contactId}" rel="self" />
        </Contact>
`
}

/** What all events of one campaign on a page have in common. */
interface CampaignPart {
  /** From behind the entry's id to its time. */
  title: string
  /** From the campaign element to the event's time. */
  element: string
}

function renderCampaignPart(
  asked: Asked,
  { collection }: EventFeed,
  { campaignId, campaignName }: HistoryEvent,
): CampaignPart {
  const url = `${escapeXml(asked.idBase)}/campaigns/${campaignId}`
  const title = `${collection.entryTitle} for Customer: ${escapeXml(asked.account.username)}, Campaign: ${url}`
  return {
    title: `</id>
    <title type="text">${title}</title>
    <updated>`,
    element: `        <Campaign id="${url}">
          <link xmlns="http://www.w3.org/2005/Atom" href="${escapeXml(asked.base)}/campaigns/${campaignId}" rel="self" />
          <Name>${escapeXml(campaignName)}</Name>
        </Campaign>
        <EventTime>`,
  }
}

// Three old clients look for two spellings, and each finds its own among several (3.2).
function payloadElements({ wire }: Asked, collection: EventCollection): string[] {
  if (collection.kind !== 'optout') return [collection.element]
  return wire.optoutElement === 'both' ? ['OptoutEvent', 'OptOutEvent'] : [wire.optoutElement]
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
