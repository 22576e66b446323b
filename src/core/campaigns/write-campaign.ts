// Campaigns as clients create, change and delete them (wire-2008 5.3 to 5.5).

import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, ForbiddenError, InvalidInputError } from '../../errors.ts'
import { findHtmlFault } from '../../mail/check-html.ts'
import { hasList } from '../lists/list.ts'
import { findSender } from '../senders/sender.ts'
import { getUsualTracking } from '../tracking/consent.ts'
import { createCampaign, getCampaignToChange, updateCampaign } from './campaign.ts'
import type { Campaign, CampaignContent } from './campaign.ts'

export interface CampaignWrite {
  name?: string | undefined
  /** Absent parts stay as they are, empty ones are cleared. */
  content: CampaignContent
  /** The lists it goes to afterwards; undefined leaves them. */
  listIds?: readonly number[] | undefined
}

type NewCampaignWrite = CampaignWrite & { name: string }

/** A new draft. Throws ConflictError when the name is taken, InvalidInputError on unknown lists or senders. */
export function createDraft(db: Db, accountId: number, write: NewCampaignWrite, now: number): Promise<Campaign> {
  return db.transaction((tx) => createDraftIn(tx, accountId, write, now))
}

/** The same inside the caller's transaction. */
export async function createDraftIn(
  tx: Tx,
  accountId: number,
  write: NewCampaignWrite,
  now: number,
): Promise<Campaign> {
  await check(tx, accountId, write, undefined)
  const campaign = {
    name: write.name,
    kind: 'regular' as const,
    status: 'draft' as const,
    datedAt: now,
    editedAt: now,
    lastRunAt: null,
    nextRunAt: null,
    content: write.content,
  }
  const tracking = await getUsualTracking(tx, accountId)
  const campaignId = await createCampaign(tx, accountId, { ...campaign, tracking })
  await replaceCampaignLists(tx, accountId, campaignId, write.listIds ?? [])
  return { ...campaign, campaignId }
}

/** Drafts only (a guess, 5.4). Throws NotFoundError, ForbiddenError, ConflictError, InvalidInputError. */
export function changeDraft(
  db: Db,
  accountId: number,
  campaignId: number,
  write: CampaignWrite,
  now: number,
): Promise<void> {
  return db.transaction((tx) => changeDraftIn(tx, accountId, campaignId, write, now))
}

/** The same inside the caller's transaction. */
export async function changeDraftIn(
  tx: Tx,
  accountId: number,
  campaignId: number,
  write: CampaignWrite,
  now: number,
): Promise<void> {
  const held = await getCampaignToChange(tx, accountId, campaignId)
  if (held.status !== 'draft') throw new ForbiddenError('only a draft can be changed')
  await check(tx, accountId, write, campaignId)
  const content = { ...held.content, ...write.content }
  await updateCampaign(tx, accountId, { ...held, name: write.name ?? held.name, content, datedAt: now, editedAt: now })
  if (write.listIds) await replaceCampaignLists(tx, accountId, campaignId, write.listIds)
}

/**
 * Takes the campaign out of every list and page. Its name stays with the events that tell what contacts did with it, and
 * its links go on leading somewhere. Throws NotFoundError.
 */
export function deleteCampaign(db: Db, accountId: number, campaignId: number): Promise<void> {
  return db.transaction((tx) => deleteCampaignIn(tx, accountId, campaignId))
}

/** The same inside the caller's transaction. */
export async function deleteCampaignIn(tx: Tx, accountId: number, campaignId: number): Promise<void> {
  await getCampaignToChange(tx, accountId, campaignId)
  await tx.run(
    sql`update campaign set status = 'deleted' where campaign_id = ${campaignId} and account_id = ${accountId}`,
  )
  await replaceCampaignLists(tx, accountId, campaignId, [])
}

async function check(tx: Tx, accountId: number, write: CampaignWrite, own: number | undefined): Promise<void> {
  if (write.name !== undefined) {
    // Names of imported campaigns may repeat, so no key holds them apart: drafts are named one after the other.
    await tx.one(sql`select account_id from account where account_id = ${accountId} ${tx.forUpdate}`)
    const namesake = await tx.one<{ campaignId: number }>(sql`
      select campaign_id as "campaignId" from campaign
      where account_id = ${accountId} and name = ${write.name} and status <> 'deleted' and campaign_id <> ${own ?? 0}`)
    if (namesake) throw new ConflictError(`the account has a campaign named "${write.name}"`)
  }
  const fault = write.content.html ? findHtmlFault(write.content.html) : undefined
  if (fault !== undefined) throw new InvalidInputError(`EmailContent is not well-formed HTML: ${fault}`)
  for (const listId of write.listIds ?? []) {
    if (!(await hasList(tx, accountId, listId)))
      throw new InvalidInputError(`there is no list ${listId}`, 'ContactLists')
  }
  for (const [field, email] of [
    ['FromEmail', write.content.fromEmail],
    ['ReplyToEmail', write.content.replyToEmail],
  ] as const) {
    const isSender = !email || (await findSender(tx, accountId, email))?.verifiedAt
    if (!isSender) throw new InvalidInputError(`${email} is no verified address of this account`, field)
  }
}

/** The lists it goes to afterwards, and no others; they must exist. */
export async function replaceCampaignLists(
  tx: Tx,
  accountId: number,
  campaignId: number,
  listIds: readonly number[],
): Promise<void> {
  await tx.run(sql`delete from campaign_list where campaign_id = ${campaignId} and account_id = ${accountId}`)
  for (const listId of listIds) {
    await tx.run(
      sql`insert into campaign_list(campaign_id, list_id, account_id) values (${campaignId}, ${listId}, ${accountId})`,
    )
  }
}
