// The made-up history that all benchmarks store: the same events for the same size, in time order, never all in memory.

import { pick, seeded } from '../src/core/demo/random.ts'
import type { Random } from '../src/core/demo/random.ts'
import type { BounceCode, EventKind } from '../src/core/events/event.ts'

export const shapeInWords = [
  'Events: in time order over 24 months; 50 % send, 20 % delivery, 20 % open, 6.5 % click, 2 % bounce, 1.5 % others;',
  'about 24 a contact, and 25 % of them on 2 % of the contacts; one campaign for 8333 events and at least 100 campaigns;',
  '5 links a campaign; a message of about 30 characters on deliveries and bounces. Drawn from a fixed seed.',
]

export interface Shape {
  events: number
  contacts: number
  campaigns: number
}

export interface GeneratedEvent {
  kind: EventKind
  contactId: number
  campaignId: number
  at: number
  /** Clicks: the target, and its number in the campaign, from 1. */
  url?: string
  linkNo?: number
  code?: BounceCode
  message?: string
}

export const linksPerCampaign = 5
const firstCampaignId = 1_100_000_000_001
const firstAt = Date.UTC(2016, 0, 1)
const span = Date.UTC(2018, 0, 1) - firstAt
/** Every so many contacts is a heavy one: 2 %. */
export const heavyEvery = 50

/** `more` events go on behind the first `events` at the same pace, for campaigns and contacts of the same kind. */
export function shapeOf(events: number, more = 0): Shape {
  const campaigns = Math.max(100, Math.round(events / 8333))
  return {
    events,
    contacts: Math.max(heavyEvery, Math.round(events / 24)),
    campaigns: Math.ceil(((events + more) * campaigns) / events),
  }
}

export function campaignIdAt(index: number): number {
  return firstCampaignId + index
}

export function emailOf(contactId: number): string {
  return `reader${contactId}@mail${contactId % 97}.example`
}

export function linkUrl(campaignId: number, linkNo: number): string {
  return `https://www.shop.example/offers/${campaignId}/item-${linkNo}?utm_source=newsletter&utm_medium=email`
}

/** Endless; the first `shape.events` of them are the store of that size. */
export function* generateEvents(shape: Shape, seed = 2026): Generator<GeneratedEvent, never> {
  const random = seeded(seed)
  const perCampaign = shape.events / Math.max(100, Math.round(shape.events / 8333))
  for (let i = 0; ; i++) {
    const kind = drawKind(random)
    const current = Math.floor(i / perCampaign)
    // What readers do comes days later, among the next campaign's sends.
    const late = kind === 'send' || kind === 'delivery' || kind === 'bounce' ? 0 : Math.floor(3 * random() ** 2)
    const campaignId = campaignIdAt(Math.min(shape.campaigns - 1, Math.max(0, current - late)))
    const at = Math.floor(firstAt + (span * (i + random())) / shape.events)
    yield withDetails(random, { kind, contactId: drawContact(random, shape.contacts), campaignId, at })
  }
}

function drawKind(random: Random): EventKind {
  const share = random()
  if (share < 0.5) return 'send'
  if (share < 0.7) return 'delivery'
  if (share < 0.9) return 'open'
  if (share < 0.965) return 'click'
  if (share < 0.985) return 'bounce'
  return pick(random, ['complaint', 'forward', 'optout'] as const)
}

function drawContact(random: Random, contacts: number): number {
  if (random() < 0.25) return heavyEvery * (1 + Math.floor(random() * Math.floor(contacts / heavyEvery)))
  return 1 + Math.floor(random() * contacts)
}

function withDetails(random: Random, event: GeneratedEvent): GeneratedEvent {
  if (event.kind === 'click') {
    event.linkNo = 1 + Math.floor(random() * linksPerCampaign)
    event.url = linkUrl(event.campaignId, event.linkNo)
  } else if (event.kind === 'delivery') {
    event.message = `250 2.0.0 OK: queued as ${hex(random)}`
  } else if (event.kind === 'bounce') {
    event.code = pick(random, ['B', 'F', 'Z'] as const)
    event.message = `550 5.1.1 unknown user ${hex(random)}`
  }
  return event
}

function hex(random: Random): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
}

/** The next `count` events as an array. */
export function take(events: Iterator<GeneratedEvent, never>, count: number): GeneratedEvent[] {
  return Array.from({ length: count }, () => events.next().value)
}
