// Campaigns to a mixed audience: who gets them, what machines stand before the mailboxes, who reads. Used by the
// benchmark of verdicts and by its test.

import { pool } from './clients.ts'
import { rollDice } from './dice.ts'
import type { Dice } from './dice.ts'
import * as machines from './machines.ts'
import type { Machine, Vendors } from './machines.ts'
import { directOpen, homeReader, mobileReader, officeReader, read } from './people.ts'
import type { Office, Reader } from './people.ts'
import { planCampaign } from './world.ts'
import type { Campaign, SimulatedSend } from './world.ts'

export interface Simulation {
  /** Any 32-bit number; another seed is another world, with other habits of the vendors. */
  seed: number
  sends: number
}

const sendsOfCampaign = 500
const nine = Date.UTC(2026, 10, 2, 9)
const day = 86_400_000

/** A company: its way out, its gateways. */
interface Company extends Office {
  gateways: Machine[]
  checksClicks: boolean
}

export function simulate({ seed, sends }: Simulation): SimulatedSend[] {
  const dice = rollDice(seed)
  const vendors = machines.foundVendors(dice)
  const all: SimulatedSend[] = []
  for (let campaignNo = 0; all.length < sends; campaignNo++) {
    const campaign = planCampaign(dice, 1_100_000_000_000 + campaignNo)
    const startsAt = nine + campaignNo * day + (dice.often(0.4) ? 0 : dice.between(-0.2, 0.3) * day)
    const count = Math.min(sendsOfCampaign, sends - all.length)
    for (const send of campaignSends(dice, campaign, startsAt, count, all.length, vendors)) all.push(send)
  }
  return all
}

// Half at companies, from one-man shops to an office of 200 that gets the mail within a minute.
function campaignSends(
  dice: Dice,
  campaign: Campaign,
  startsAt: number,
  count: number,
  firstContact: number,
  vendors: Vendors,
): SimulatedSend[] {
  const sends: SimulatedSend[] = []
  let at = startsAt
  const next = (): SimulatedSend => {
    at += dice.between(20, 300)
    return { campaign, contactId: firstContact + sends.length, deliveredAt: Math.round(at), hits: [] }
  }
  while (sends.length < count) {
    if (dice.often(0.93)) {
      const send = next()
      atHome(dice, send, vendors)
      sends.push(send)
      continue
    }
    const company = foundCompany(dice, startsAt)
    const size = Math.min(
      count - sends.length,
      Math.round(
        dice.weigh([
          [60, dice.between(1, 6)],
          [34, dice.between(6, 40)],
          [6, 200],
        ]),
      ),
    )
    for (let i = 0; i < size; i++) {
      const send = next()
      atWork(dice, send, company, vendors)
      sends.push(send)
    }
  }
  return sends
}

function foundCompany(dice: Dice, startsAt: number): Company {
  const gateways = dice.weigh<Machine[]>([
    [28, []],
    [25, [machines.defenderSandbox]],
    [10, [machines.barracuda]],
    [10, [machines.proofpoint]],
    [8, [machines.mimecast]],
    [5, [machines.slowGateway]],
    [3, [machines.sampler]],
    [4, [machines.namedGateway]],
    [2, [machines.staleScanner]],
    [3, [machines.loneScanner]],
    [2, [machines.defenderSandbox, machines.proofpoint]],
  ])
  const isMicrosoft = gateways.includes(machines.defenderSandbox)
  const readsTogether = dice.often(0.3)
  return {
    ips: pool(dice, dice.often(0.08) ? 3 : 1),
    gateways: isMicrosoft ? [...gateways, sometimes(0.04, machines.laterCheck)] : gateways,
    checksClicks: isMicrosoft && dice.often(0.4),
    stripsHeaders: dice.often(0.04),
    startsAt: readsTogether ? Math.max(startsAt, nine + Math.floor((startsAt - nine) / day) * day) : 0,
  }
}

const sometimes =
  (share: number, machine: Machine): Machine =>
  (dice, send, vendors) => {
    if (dice.often(share)) machine(dice, send, vendors)
  }

function atHome(dice: Dice, send: SimulatedSend, vendors: Vendors): void {
  const reader = dice.often(0.35) ? mobileReader(dice) : homeReader(dice)
  const mailbox = dice.weigh([
    [40, 'gmail'],
    [28, 'apple'],
    [8, 'yahoo'],
    [24, 'other'],
  ] as const)
  if (mailbox === 'apple') machines.applePrivacy(dice, send, vendors)
  if (mailbox === 'gmail' && dice.often(0.01)) machines.gmailOnArrival(dice, send, vendors)
  const isProxied = mailbox === 'gmail' || mailbox === 'yahoo'
  if (isProxied) reader.open = { truth: 'human', client: machines.readersProxy(dice, vendors, mailbox === 'yahoo') }
  live(dice, send, mailbox === 'other' ? directOpen(dice, reader) : reader, vendors, false)
}

function atWork(dice: Dice, send: SimulatedSend, company: Company, vendors: Vendors): void {
  for (const gateway of company.gateways) gateway(dice, send, vendors)
  // An address like info@ has several readers.
  const readers = dice.often(0.01) ? dice.whole(2, 5) : 1
  for (let i = 0; i < readers; i++) {
    const reader = directOpen(dice, officeReader(dice, company, send.deliveredAt))
    live(dice, send, reader, vendors, company.checksClicks)
  }
}

function live(dice: Dice, send: SimulatedSend, reader: Reader, vendors: Vendors, checksClicks: boolean): void {
  if (!dice.often(0.4)) return
  const clicks = read(dice, send, reader, 0.3)
  for (const [at, linkNo] of clicks) {
    if (checksClicks && dice.often(0.6)) machines.clickTimeCheck(dice, send, vendors, at, linkNo)
    if (dice.often(0.02)) machines.lookAhead(dice, send, reader.client, at, linkNo)
  }
  const [first] = clicks
  if (first && dice.often(0.03)) machines.linkPreview(dice, send, vendors, ...first)
}
