// Campaigns that everybody may see who has their address, not only those they were sent to. Read by faces/track, made and
// ended by the account's owner.

import type { Db, Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { findCampaign, getCampaignToChange } from './campaign.ts'
import type { Campaign } from './campaign.ts'

/** Shares the campaign, and says since when, which its address names: made anew after an end, it is another. Throws NotFoundError. */
export function shareCampaign(db: Db, accountId: number, campaignId: number, now: number): Promise<number> {
  return db.transaction(async (tx) => {
    await getCampaignToChange(tx, accountId, campaignId)
    const sharedAt = await findSharedAt(tx, accountId, campaignId)
    if (sharedAt !== undefined) return sharedAt
    await tx.run(
      sql`update campaign set shared_at = ${now} where campaign_id = ${campaignId} and account_id = ${accountId}`,
    )
    return now
  })
}

/** Its address is nobody's from then on; false when it had none. Throws NotFoundError. */
export function endSharing(db: Db, accountId: number, campaignId: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    await getCampaignToChange(tx, accountId, campaignId)
    const ended = await tx.run(sql`
      update campaign set shared_at = null
      where campaign_id = ${campaignId} and account_id = ${accountId} and shared_at is not null`)
    return ended > 0
  })
}

/** Undefined when it is not shared, or not since then. */
export async function findSharedCampaign(
  db: Reader,
  accountId: number,
  campaignId: number,
  sharedAt: number,
): Promise<Campaign | undefined> {
  if ((await findSharedAt(db, accountId, campaignId)) !== sharedAt) return undefined
  return findCampaign(db, accountId, campaignId)
}

/** Undefined when it is not shared. Throws NotFoundError. */
async function findSharedAt(db: Reader, accountId: number, campaignId: number): Promise<number | undefined> {
  const row = await db.one<{ sharedAt: number | null }>(sql`
    select shared_at as "sharedAt" from campaign where campaign_id = ${campaignId} and account_id = ${accountId}`)
  if (!row) throw new NotFoundError(`there is no campaign ${campaignId}`)
  return row.sharedAt ?? undefined
}
