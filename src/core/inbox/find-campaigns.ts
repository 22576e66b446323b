// Which campaign's message an event of a provider is about: by what we put into the message, by its Message-ID, by the
// provider's name for it, by its tag, or as the newest sent to that contact. Used by apply-events.ts.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlList } from '../../db/sql.ts'
import { createCampaign } from '../campaigns/campaign.ts'
import type { HookEvent } from './hook-event.ts'

/** An event of a contact that we have. */
export interface OfContact {
  event: HookEvent
  contactId: number
  at: number
}

/** What the sender's ids stand for; the sender knows. */
interface SendNamed {
  campaignId: number
  sendNo?: number | undefined
}
export type FindSend = (
  tx: Tx,
  accountId: number,
  named: { sendId: string; contactId: number; at: number },
) => Promise<SendNamed | undefined>

export interface Placed {
  campaignId: number
  /** `guess`: nothing but the contact and the time speak for it. */
  by: 'id' | 'tag' | 'guess'
  /** The message is on the timeline as sent. */
  isSent: boolean
  /** Of the message where it is known which one it is: without brackets. */
  messageId?: string | undefined
}

export interface PlaceOptions {
  /** Campaigns are made for tags that have none. */
  creates: boolean
  findSend: FindSend
  now: number
}

/** A message older than this is not what an event without a name is about. In ms. */
const guessTime = 5 * 86_400_000
/** A provider's clock may be behind ours. In ms. */
const clockDoubt = 3_600_000

/** In the order given; undefined where nothing is known of the message. */
export async function findCampaigns(
  tx: Tx,
  accountId: number,
  events: readonly OfContact[],
  options: PlaceOptions,
): Promise<(Placed | undefined)[]> {
  const sends = await findSends(tx, accountId, events)
  const tags = new Map<string, number | undefined>()
  const named = options.creates ? tagsByName(events) : undefined
  const tagOf = ({ event, contactId }: OfContact): string | undefined =>
    event.campaign ?? (named && namesOf(event).flatMap((name) => named.get(`${contactId} ${name}`) ?? [])[0])
  const placed: (Placed | undefined)[] = []
  for (const one of events) {
    const own = sends.get(one.contactId) ?? []
    placed.push(
      (await byOurId(tx, accountId, one, own, options)) ??
        byMessageId(one, own) ??
        (await byTag(tx, accountId, tagOf(one), options, tags)) ??
        byTime(one, own) ??
        (await byTag(tx, accountId, one.event.provider, options, tags)),
    )
  }
  return placed
}

// What one event of a message says of its tag holds for the others of this batch, which may come before it.
function tagsByName(events: readonly OfContact[]): Map<string, string> {
  const named = new Map<string, string>()
  for (const { event, contactId } of events)
    if (event.campaign !== undefined)
      for (const name of namesOf(event)) named.set(`${contactId} ${name}`, event.campaign)
  return named
}

interface Send {
  campaignId: number
  sendNo: number
  messageId: string
  sentAt: number
}

type SendRow = [contactId: number, campaignId: number, sendNo: number, messageId: string, sentAt: number]

async function findSends(tx: Tx, accountId: number, events: readonly OfContact[]): Promise<Map<number, Send[]>> {
  const sends = new Map<number, Send[]>()
  for (const part of inParts([...new Set(events.map(({ contactId }) => contactId))], 256)) {
    const rows = await tx.tuples<SendRow>(sql`
      select contact_id, campaign_id, send_no, message_id, sent_at from send
      where contact_id in ${sqlList(part)} and account_id = ${accountId}`)
    for (const [contactId, campaignId, sendNo, messageId, sentAt] of rows) {
      const own = sends.get(contactId)
      const send = { campaignId, sendNo, messageId: bare(messageId), sentAt }
      if (own) own.push(send)
      else sends.set(contactId, [send])
    }
  }
  return sends
}

function bare(messageId: string): string {
  return messageId.replace(/^<|>$/g, '')
}

async function byOurId(
  tx: Tx,
  accountId: number,
  { event, contactId, at }: OfContact,
  own: readonly Send[],
  { findSend }: PlaceOptions,
): Promise<Placed | undefined> {
  if (event.sendId === undefined) return undefined
  const send = await findSend(tx, accountId, { sendId: event.sendId, contactId, at })
  if (!send) return undefined
  const { campaignId } = send
  const sent = own.find((one) => one.campaignId === campaignId && one.sendNo === send.sendNo)
  return { campaignId, by: 'id', isSent: true, messageId: sent?.messageId }
}

// Providers that give messages a Message-ID of their own make it of their name for the message.
function byMessageId({ event }: OfContact, sends: readonly Send[]): Placed | undefined {
  if (sends.length === 0) return undefined
  const ids = namesOf(event)
  const send = sends.find(({ messageId }) => ids.some((id) => id === messageId || messageId.startsWith(`${id}@`)))
  return send && { campaignId: send.campaignId, by: 'id', isSent: true, messageId: send.messageId }
}

function namesOf({ messageId, providerMessageId }: HookEvent): string[] {
  // SendGrid's goes on behind a dot with the way the message took.
  const before = providerMessageId?.split('.', 1)[0]
  const isLong = (name: string | undefined): name is string => name !== undefined && name.length > 7
  return [messageId, providerMessageId, before === providerMessageId ? undefined : before].filter(isLong)
}

// A message that is being sent is no older one.
function byTime({ event, at }: OfContact, sends: readonly Send[]): Placed | undefined {
  if (event.effect === 'send') return undefined
  let newest: Send | undefined
  for (const send of sends) {
    const isNear = send.sentAt <= at + clockDoubt && send.sentAt >= at - guessTime
    if (isNear && send.sentAt > (newest?.sentAt ?? -Infinity)) newest = send
  }
  return newest && { campaignId: newest.campaignId, by: 'guess', isSent: false, messageId: newest.messageId }
}

/** Of one account; a tag for each message would make a campaign for each message. */
const maxTags = 1000

async function byTag(
  tx: Tx,
  accountId: number,
  given: string | undefined,
  { creates, now }: PlaceOptions,
  known: Map<string, number | undefined>,
): Promise<Placed | undefined> {
  if (!creates || given === undefined) return undefined
  const tag = cleanTag(given)
  if (tag === '') return undefined
  if (!known.has(tag)) known.set(tag, await findOrCreate(tx, accountId, tag, now))
  const campaignId = known.get(tag)
  return campaignId === undefined ? undefined : { campaignId, by: 'tag', isSent: false }
}

function cleanTag(tag: string): string {
  return tag.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ').trim().slice(0, 100) // oxfmt-ignore
}

async function findOrCreate(tx: Tx, accountId: number, tag: string, now: number): Promise<number | undefined> {
  const find = (): Promise<{ campaignId: number } | undefined> =>
    tx.one(sql`select campaign_id as "campaignId" from hook_campaign where account_id = ${accountId} and tag = ${tag}`)
  const held = await find()
  if (held) return held.campaignId
  const row = await tx.one<{ count: number }>(
    sql`select count(*) as count from hook_campaign where account_id = ${accountId}`,
  )
  if (row!.count >= maxTags) return undefined
  const campaignId = await createCampaign(tx, accountId, {
    name: tag,
    kind: 'transactional',
    status: 'sent',
    datedAt: now,
    editedAt: null,
    lastRunAt: null,
    nextRunAt: null,
    content: {},
  })
  await tx.run(
    sql`insert into hook_campaign(account_id, tag, campaign_id) values (${accountId}, ${tag}, ${campaignId})`,
  )
  return campaignId
}
