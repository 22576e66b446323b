// What the demo's contacts did: for contact 32 what was documented in 2008, for the others a plausible history drawn
// from a seed. Opt-outs are written into the contacts too. Used by demo-data.ts.

import type { BounceCode, EventKind } from '../events/event.ts'
import type { NewEvent } from '../events/record.ts'
import type { DemoCampaign } from './demo-campaigns.ts'
import { exampleContactId } from './demo-contacts.ts'
import type { DemoContact } from './demo-contacts.ts'
import { pick, seeded } from './random.ts'
import type { Random } from './random.ts'

const minute = 60_000
/** Somebody who reads everything many times over, so that one contact's feed has several pages. */
const avidContactId = 7

const bounces: readonly [code: BounceCode, message: string][] = [
  ['B', '550 5.1.1 user unknown'],
  ['F', '452 4.2.2 mailbox full'],
  ['Z', '554 5.7.1 message refused by policy'],
  ['D', '554 5.4.4 unable to route: host not found'],
]
const optOutReasons = ['too many e-mails', 'no longer interested', '']

export function demoEvents(campaigns: readonly DemoCampaign[], contacts: readonly DemoContact[]): NewEvent[] {
  const random = seeded(32)
  const events = exampleEvents()
  for (const campaign of campaigns) {
    for (const contact of contacts) {
      const isReached =
        contact.contactId !== exampleContactId &&
        contact.createdAt < campaign.datedAt &&
        contact.status !== 'do-not-mail'
      if (isReached) events.push(...story(campaign, contact, random))
    }
  }
  return events
}

function story(campaign: DemoCampaign, contact: DemoContact, random: Random): NewEvent[] {
  const sentAt = campaign.datedAt + contact.contactId * 37
  const event = (kind: EventKind, at: number, more: Partial<NewEvent> = {}): NewEvent => {
    return {
      kind,
      contactId: contact.contactId,
      campaignId: campaign.campaignId,
      at: Math.floor(at),
      source: 'import',
      ...more,
    }
  }
  const events = [event('send', sentAt)]
  if (random() < 0.02) {
    const [code, message] = pick(random, bounces)
    return [...events, event('bounce', sentAt + minute * random(), { code, message })]
  }
  events.push(event('delivery', sentAt + 2000 + 8000 * random(), { message: '250 2.0.0 OK: queued' }))
  const isAvid = contact.contactId === avidContactId
  const opens = isAvid ? 15 : random() < 0.35 ? 1 + Math.floor(random() * 2.2) : 0
  for (let i = 0; i < opens; i++)
    events.push(event('open', sentAt + minute * (3 + i * 400 * random() + 2000 * random())))
  const clicks = isAvid ? 8 : opens > 0 && random() < 0.25 ? 1 : 0
  for (let i = 0; i < clicks; i++)
    events.push(event('click', sentAt + minute * (5 + i * 90 + 2500 * random()), { url: pick(random, campaign.links) }))
  if (opens > 0 && random() < 0.02) events.push(event('forward', sentAt + minute * 3000))
  if (!isAvid && random() < 0.004)
    events.push(
      optOut(
        contact,
        event('optout', sentAt + minute * 4000, { by: 'contact', message: pick(random, optOutReasons) || undefined }),
      ),
    )
  else if (!isAvid && random() < 0.001) events.push(event('complaint', sentAt + minute * 200))
  return events
}

function optOut(contact: DemoContact, event: NewEvent): NewEvent {
  Object.assign(contact, {
    status: 'do-not-mail',
    optOutAt: event.at,
    optOutSource: 'contact',
    optOutReason: event.message ?? null,
    lists: [],
  })
  return event
}

// The times and the link are those of the documentation's example, to the millisecond.
function exampleEvents(): NewEvent[] {
  const rows: readonly [kind: EventKind, campaignId: number, at: string, url?: string][] = [
    ['send', 1100536902615, '2008-09-29T15:12:41.696Z'],
    ['open', 1100536902615, '2008-09-29T17:09:21.310Z'],
    ['click', 1100536902615, '2008-09-29T17:09:53.887Z', 'http://www.boston.com'],
    ['send', 1100537019381, '2008-10-03T16:50:04.534Z'],
    ['open', 1100537019381, '2008-10-03T18:38:40.102Z'],
    ['click', 1100537019381, '2008-10-03T18:39:02.910Z', 'http://www.boston.com'],
  ]
  return rows.map(([kind, campaignId, at, url]) => ({
    kind,
    contactId: exampleContactId,
    campaignId,
    at: Date.parse(at),
    url,
    source: 'import',
  }))
}
