// Simulated readers: when they open and click, with what, from where; all of it is human by definition.

import {
  anyIp,
  desktopBrowser,
  imageHeaders,
  officeBrowser,
  outlookAgent,
  phoneBrowser,
  strip,
  webView,
} from './clients.ts'
import type { Client } from './clients.ts'
import type { Dice } from './dice.ts'
import { visit } from './world.ts'
import type { SimulatedSend } from './world.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

export interface Reader {
  name: string
  client: Client
  /** Ms from delivery to the first look. */
  readsAfter: number
  /** The mailbox's own way to load images; undefined where it does not. */
  open?: { truth: 'human'; client: Client }
}

export interface Office {
  /** One address, or the several of a proxy in a cloud. */
  ips: readonly string[]
  stripsHeaders: boolean
  /** All read when they come in. */
  startsAt: number
}

export function homeReader(dice: Dice): Reader {
  const home = anyIp(dice)
  const look = dice.often(0.4) ? desktopBrowser(dice) : phoneBrowser(dice)
  const isPrivate = dice.often(0.01)
  return {
    name: isPrivate ? 'reader, privacy browser' : 'reader at home',
    client: { ...(isPrivate ? strip(look, 'language') : look), ip: () => home },
    readsAfter: dice.around(2 * hour, 1.6, 20 * second),
  }
}

/** Behind a carrier's NAT or Apple's relay: another address now and then. */
export function mobileReader(dice: Dice): Reader {
  const carrier = Array.from({ length: 12 }, () => anyIp(dice))
  let ip = dice.pick(carrier)
  return {
    name: 'reader on the move',
    client: { ...phoneBrowser(dice), ip: () => (ip = dice.often(0.3) ? dice.pick(carrier) : ip) },
    readsAfter: dice.around(90 * minute, 1.6, 15 * second),
  }
}

export function officeReader(dice: Dice, office: Office, deliveredAt: number): Reader {
  const look = dice.often(0.7) ? officeBrowser(dice) : desktopBrowser(dice)
  let way = dice.pick(office.ips)
  const ip = (): string => (way = dice.often(0.2) ? dice.pick(office.ips) : way)
  const client = { ...(office.stripsHeaders ? strip(look, 'hints') : look), ip }
  const start = Math.max(0, office.startsAt - deliveredAt)
  return { name: 'reader in an office', client, readsAfter: start + dice.around(8 * minute, 1, 10 * second) }
}

/** Opens (where images load) and maybe clicks. Returns the times and links of the clicks, for what follows them. */
export function read(
  dice: Dice,
  send: SimulatedSend,
  reader: Reader,
  clickShare: number,
): [at: number, linkNo: number][] {
  const isFast = dice.often(0.007)
  const openAt = send.deliveredAt + (isFast ? dice.between(2.2 * second, 6 * second) : reader.readsAfter)
  if (reader.open) visit(send, reader.name, reader.open.truth, openAt, reader.open.client, { kind: 'open' })
  if (!dice.often(isFast ? Math.max(0.5, clickShare) : clickShare)) return []
  const style = dice.weigh([
    [66, 'one'],
    [20, 'some'],
    [5, 'many'],
    [2.5, 'tabs'],
    [1, 'all'],
  ] as const)
  const first = openAt + (isFast ? dice.between(1.5 * second, 6 * second) : dice.around(15 * second, 0.9, 1.5 * second))
  const name = isFast
    ? 'reader, fast'
    : style === 'tabs'
      ? 'reader opening tabs'
      : style === 'all'
        ? 'reader of all links'
        : reader.name
  const clicks = follow(dice, send, first, style)
  for (const [at, linkNo] of clicks) visit(send, name, 'human', at, reader.client, { linkNo })
  addHabits(dice, send, reader, name, clicks)
  return clicks
}

function follow(dice: Dice, send: SimulatedSend, first: number, style: string): [number, number][] {
  const { linkCount } = send.campaign
  const counts: Record<string, number> = {
    one: 1,
    some: 2,
    many: dice.whole(3, 5),
    tabs: dice.whole(3, 6),
    all: linkCount > 12 ? Math.ceil(linkCount / 2) : linkCount,
  }
  const links = Array.from({ length: linkCount }, (_, i) => i + 1)
  const chosen = dice.shuffle(links).slice(0, counts[style])
  // Down the page, mostly.
  if (dice.often(0.7)) chosen.sort((a, b) => a - b)
  let at = first
  return chosen.map((linkNo, i) => {
    if (i > 0)
      at += style === 'tabs' ? dice.between(0.8 * second, 3.5 * second) : dice.around(25 * second, 1, 2 * second)
    return [at, linkNo]
  })
}

function addHabits(dice: Dice, send: SimulatedSend, reader: Reader, name: string, clicks: [number, number][]): void {
  const [at, linkNo] = clicks[0]!
  if (clicks.length < 3 && dice.often(0.05))
    visit(send, 'reader, double click', 'human', at + dice.between(150, 1500), reader.client, { linkNo })
  if (dice.often(0.05)) visit(send, name, 'human', at + dice.between(3 * hour, 50 * hour), reader.client, { linkNo })
  if (dice.often(0.02)) {
    const view = { ...webView(dice), ip: reader.client.ip }
    visit(send, 'reader, from web view to browser', 'human', at - dice.between(3 * second, 40 * second), view, {
      linkNo,
    })
  }
  if (dice.often(0.02)) {
    const friend = { ...(dice.often(0.5) ? desktopBrowser(dice) : phoneBrowser(dice)), ip: () => anyIp(dice) }
    visit(send, 'friend it was forwarded to', 'human', at + dice.around(hour, 1.5, minute), friend, { linkNo })
  }
  if (dice.often(0.02))
    visit(send, name, 'human', at + dice.between(5 * second, minute), reader.client, { kind: 'unsubscribe-page' })
  if (dice.often(0.02))
    visit(send, name, 'human', at - dice.between(5 * second, minute), reader.client, { kind: 'view' })
}

/** The mail program of someone who lets it load images itself. */
export function directOpen(dice: Dice, reader: Reader): Reader {
  if (dice.often(0.3)) return reader
  const userAgent = dice.often(0.5) ? outlookAgent : reader.client.userAgent
  return { ...reader, open: { truth: 'human', client: { userAgent, headers: imageHeaders, ip: reader.client.ip } } }
}
