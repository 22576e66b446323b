// Event entries (wire-2008 3.3, 3.4). The hottest rendering there is: what a page's entries share is escaped once.

import { bounceDescriptions } from '../../core/events/event.ts'
import type { HistoryEvent } from '../../core/events/history.ts'
import type { Asked } from './asked.ts'
import type { EventCollection } from './event-collections.ts'
import { escapeXml, wireTime, Xml } from './xml.ts'

export interface EventFeed {
  collection: EventCollection
  name: string
  contactId: number
  email: string
}

/** All entries of a page, in order, indented to stand in a feed. Entries of events have no link (0.5). */
export function renderEventEntries(asked: Asked, feed: EventFeed, events: readonly HistoryEvent[]): Xml {
  const elements = payloadElements(asked, feed.collection)
  const base = escapeXml(asked.base)
  const idBase = escapeXml(asked.idBase)
  const contactUrl = `${idBase}/contacts/${feed.contactId}`
  const title = `${feed.collection.entryTitle} for Customer: ${escapeXml(asked.account.username)}, Campaign: ${idBase}/campaigns/`
  const contact = `        <Contact id="${contactUrl}">
          <EmailAddress>${escapeXml(feed.email)}</EmailAddress>
          <link xmlns="http://www.w3.org/2005/Atom" href="${base}/contacts/${feed.contactId}" rel="self" />
        </Contact>
        <Campaign id="${idBase}/campaigns/`
  let text = ''
  for (const event of events) {
    const { campaignId } = event
    const id = `${contactUrl}/events/${feed.name}/${campaignId},${feed.contactId},${event.at}`
    const time = wireTime(event.at)
    const children = `${contact}${campaignId}">
          <link xmlns="http://www.w3.org/2005/Atom" href="${base}/campaigns/${campaignId}" rel="self" />
          <Name>${escapeXml(event.campaignName)}</Name>
        </Campaign>
        <EventTime>${time}</EventTime>
${extraChildren(event)}`
    text += `  <entry>
    <id>${id}</id>
    <title type="text">${title}${campaignId}</title>
    <updated>${time}</updated>
    <author>
      <name>Constant Contact</name>
    </author>
    <content type="application/vnd.ctct+xml">
`
    for (const element of elements) {
      text += `      <${element} xmlns="http://ws.constantcontact.com/ns/1.0/" id="${id}">\n${children}      </${element}>\n`
    }
    text += '    </content>\n  </entry>\n'
  }
  return new Xml(text)
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
