// Simulated machines at mailboxes: gateways, sandboxes, checks at click time, previews, proxies. Delays, shares and
// faces are guesses from what is reported about them (docs/decisions/009-verdicts.md).

import {
  anyIp,
  chromeAgent,
  gmailProxy,
  imageHeaders,
  pool,
  previewAgents,
  scannerBrowser,
  yahooProxy,
} from './clients.ts'
import type { Client } from './clients.ts'
import type { Dice } from './dice.ts'
import { visit } from './world.ts'
import type { SimulatedSend } from './world.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Vendors' data centres and habits, drawn once for a world: each seed is another. */
export interface Vendors {
  addresses: Record<
    | 'microsoft'
    | 'barracuda'
    | 'proofpoint'
    | 'mimecast'
    | 'slow'
    | 'sampler'
    | 'named'
    | 'apple'
    | 'google'
    | 'previews',
    string[]
  >
  /** Multiplies the share of scanners that drive a real browser, and of those with an old one. */
  realism: number
  staleness: number
}

export function foundVendors(dice: Dice): Vendors {
  return {
    addresses: {
      microsoft: pool(dice, 60),
      barracuda: pool(dice, 8),
      proofpoint: pool(dice, 24),
      mimecast: pool(dice, 12),
      slow: pool(dice, 16),
      sampler: pool(dice, 8),
      named: pool(dice, 8),
      apple: pool(dice, 200),
      google: pool(dice, 40),
      previews: pool(dice, 20),
    },
    realism: dice.between(0.6, 1.4),
    staleness: dice.between(0.5, 1.2),
  }
}

export type Machine = (dice: Dice, send: SimulatedSend, vendors: Vendors) => void

const from = (dice: Dice, ips: readonly string[]): (() => string) => {
  const ip = dice.pick(ips)
  return () => ip
}
const linksOf = ({ campaign }: SimulatedSend): number[] => Array.from({ length: campaign.linkCount }, (_, i) => i + 1)

/** A visit to links one by one; also to the hidden one and the unsubscribe page where such a machine goes there. */
function walk(
  dice: Dice,
  send: SimulatedSend,
  name: string,
  clients: readonly Client[],
  start: number,
  gap: () => number,
  links = linksOf(send),
): void {
  let at = start
  if (send.campaign.hasHiddenLink && dice.often(0.7))
    visit(send, name, 'machine', at, dice.pick(clients), { linkNo: 0 })
  for (const linkNo of links) {
    at += gap()
    visit(send, name, 'machine', at, dice.pick(clients), { linkNo })
  }
  if (dice.often(0.3)) visit(send, name, 'machine', at + gap(), dice.pick(clients), { kind: 'unsubscribe-page' })
}

const masked = (dice: Dice, vendors: Vendors, ips: readonly string[], real: number, stale: number): Client => ({
  ...scannerBrowser(dice, real * vendors.realism, stale * vendors.staleness),
  ip: from(dice, ips),
})

/** Every link in seconds, in a real browser more often than not, images too. */
export const defenderSandbox: Machine = (dice, send, vendors) => {
  const client = masked(dice, vendors, vendors.addresses.microsoft, 0.7, 0.5)
  const others = dice.often(0.3) ? [client, { ...client, ip: from(dice, vendors.addresses.microsoft) }] : [client]
  const start = send.deliveredAt + dice.around(20 * second, 1.3, second)
  if (dice.often(0.5))
    visit(send, 'Defender sandbox', 'machine', start - dice.between(100, 5000), client, {
      kind: 'open',
      headers: imageHeaders,
    })
  walk(dice, send, 'Defender sandbox', others, start, () => dice.between(40, 900))
}

/** Beside a reader's click: mostly just before, at times seconds after. */
export function clickTimeCheck(dice: Dice, send: SimulatedSend, vendors: Vendors, at: number, linkNo: number): void {
  const client = masked(dice, vendors, vendors.addresses.microsoft, 0.6, 0.5)
  const moment = dice.often(0.8) ? at - dice.between(5, 1400) : at + dice.between(second, 15 * second)
  visit(send, 'check at click time', 'machine', moment, client, { linkNo })
}

/** One link again, hours later, by itself: the hardest. */
export const laterCheck: Machine = (dice, send, vendors) => {
  const client = masked(dice, vendors, vendors.addresses.microsoft, 0.6, 0.5)
  const at = send.deliveredAt + dice.around(3 * hour, 1, 10 * minute)
  visit(send, 'check hours later', 'machine', at, client, { linkNo: dice.whole(1, send.campaign.linkCount) })
}

export const barracuda: Machine = (dice, send, vendors) => {
  const look = dice.often(0.6)
    ? {
        userAgent: 'Mozilla/5.0 (compatible; BarracudaCentral/1.0; +http://www.barracudacentral.org)',
        headers: { accept: '*/*' },
        ip: from(dice, vendors.addresses.barracuda),
      }
    : masked(dice, vendors, vendors.addresses.barracuda, 0.2, 0.6)
  const start = send.deliveredAt + (dice.often(0.4) ? -dice.between(100, 4 * second) : dice.around(4 * second, 1, 200))
  walk(dice, send, 'Barracuda burst', [look], start, () => dice.between(20, 700))
}

/** Several addresses, a delay of seconds to minutes, one link after the other; some HEAD first. */
export const proofpoint: Machine = (dice, send, vendors) => {
  const look = masked(dice, vendors, vendors.addresses.proofpoint, 0.35, 0.4)
  const clients = Array.from({ length: dice.whole(1, 4) }, () => ({
    ...look,
    ip: from(dice, vendors.addresses.proofpoint),
  }))
  const start = send.deliveredAt + dice.around(40 * second, 1.4, 500)
  const pace = dice.around(3 * second, 1, 200)
  if (dice.often(0.3)) visit(send, 'HEAD check', 'probe', start - 50, clients[0]!, { method: 'HEAD' })
  walk(dice, send, 'Proofpoint walk', clients, start, () => dice.around(pace, 0.6, 50))
}

export const mimecast: Machine = (dice, send, vendors) => {
  const client = masked(dice, vendors, vendors.addresses.mimecast, 0.3, 0.4)
  const start = send.deliveredAt + dice.around(6 * second, 1.2, -2 * second)
  if (dice.often(0.3)) visit(send, 'Mimecast burst', 'machine', start, client, { kind: 'open', headers: imageHeaders })
  walk(dice, send, 'Mimecast burst', [client], start, () => dice.between(30, 1500))
}

/** Minutes after delivery, a link every so often, each from some address, in one or several browsers. */
export const slowGateway: Machine = (dice, send, vendors) => {
  const looks = Array.from(
    {
      length: dice.weigh([
        [6, 1],
        [3, 2],
        [1, 3],
      ]),
    },
    () => masked(dice, vendors, vendors.addresses.slow, 0.4, 0.4),
  )
  const clients = looks.flatMap((look) =>
    Array.from({ length: dice.whole(1, 4) }, () => ({ ...look, ip: from(dice, vendors.addresses.slow) })),
  )
  const start = send.deliveredAt + dice.between(2 * minute, 12 * minute)
  walk(dice, send, 'slow gateway', clients, start, () => dice.around(15 * second, 0.7, second))
}

/** Looks at one or two links only. */
export const sampler: Machine = (dice, send, vendors) => {
  const client = masked(dice, vendors, vendors.addresses.sampler, 0.4, 0.4)
  const start = send.deliveredAt + dice.around(12 * second, 1, 500)
  const links = dice.shuffle(linksOf(send)).slice(0, dice.whole(1, 2))
  for (const [i, linkNo] of links.entries())
    visit(send, 'sampling gateway', 'machine', start + i * dice.between(100, 2000), client, { linkNo })
}

export const namedGateway: Machine = (dice, send, vendors) => {
  const userAgent = dice.pick([
    'CiscoSecureEmail/15.0',
    'TMES/3.0 TrendMicro',
    'Mozilla/5.0 (compatible; Sophos Email Appliance)',
    'python-requests/2.32.3',
    'Go-http-client/2.0',
    'Java/21.0.2',
    '',
  ])
  const client = { userAgent, headers: { accept: '*/*' }, ip: from(dice, vendors.addresses.named) }
  const name = userAgent === '' ? 'scanner without agent' : 'scanner naming itself'
  walk(dice, send, name, [client], send.deliveredAt + dice.around(20 * second, 1.5, 100), () => dice.between(50, 3000))
}

export const staleScanner: Machine = (dice, send, vendors) => {
  const userAgent = dice.pick([
    chromeAgent('Windows NT 10.0; Win64; x64', 104),
    chromeAgent('Windows NT 10.0; Win64; x64', 42).replace('Chrome/42.0.0.0', 'Chrome/42.0.2311.135') +
      ' Edge/12.246 Mozilla/5.0',
  ])
  const client = { userAgent, headers: { accept: '*/*' }, ip: from(dice, vendors.addresses.named) }
  const links = dice.shuffle(linksOf(send)).slice(0, dice.whole(1, 3))
  walk(
    dice,
    send,
    'scanner with a stale agent',
    [client],
    send.deliveredAt + dice.around(minute, 1.5, 100),
    () => dice.between(500, 9000),
    links,
  )
}

/** A reader pasted the link into a chat. */
export function linkPreview(dice: Dice, send: SimulatedSend, vendors: Vendors, at: number, linkNo: number): void {
  const client = {
    userAgent: dice.pick(previewAgents),
    headers: { accept: '*/*' },
    ip: from(dice, vendors.addresses.previews),
  }
  visit(send, 'link preview', 'machine', at + dice.around(2 * minute, 1, 5 * second), client, { linkNo })
}

/** The reader's own program looks ahead. */
export function lookAhead(dice: Dice, send: SimulatedSend, client: Client, at: number, linkNo: number): void {
  const isHead = dice.often(0.5)
  const ask = isHead ? { linkNo, method: 'HEAD' } : { linkNo, headers: { 'sec-purpose': 'prefetch;prerender' } }
  visit(send, isHead ? 'HEAD check' : 'prefetch', 'probe', at - dice.between(300, 3000), client, ask)
}

export const applePrivacy: Machine = (dice, send, vendors) => {
  const client = { userAgent: 'Mozilla/5.0', headers: { accept: '*/*' }, ip: from(dice, vendors.addresses.apple) }
  visit(send, 'Apple privacy proxy', 'proxy', send.deliveredAt + dice.around(20 * minute, 2, 2 * second), client, {
    kind: 'open',
  })
}

/** The client that opens for readers of Gmail and Yahoo. */
export function readersProxy(dice: Dice, vendors: Vendors, isYahoo: boolean): Client {
  return {
    userAgent: isYahoo ? yahooProxy : gmailProxy,
    headers: { accept: 'image/*' },
    ip: from(dice, vendors.addresses.google),
  }
}

/** Gmail's rare look at the images on arrival. */
export const gmailOnArrival: Machine = (dice, send, vendors) =>
  visit(
    send,
    'Gmail on arrival',
    'machine',
    send.deliveredAt + dice.between(200, 2500),
    readersProxy(dice, vendors, false),
    { kind: 'open' },
  )

/** From addresses nobody else has. */
export const loneScanner: Machine = (dice, send, vendors) =>
  walk(
    dice,
    send,
    'lone appliance',
    [masked(dice, vendors, [anyIp(dice)], 0.4, 0.4)],
    send.deliveredAt + dice.around(30 * second, 1.3, 300),
    () => dice.around(2 * second, 0.8, 80),
  )
