// Starts campaigns whose time has come. Called by the sender again and again.

import type { Db } from '../../db/db.ts'
import { listDueSchedules, startScheduled } from './start-campaign.ts'

/** Looks once. */
export async function startDueSchedules({ db, now }: { db: Db; now: () => number }): Promise<void> {
  for (const { accountId, campaignId } of await listDueSchedules(db, now()))
    await db.transaction((tx) => startScheduled(tx, accountId, campaignId, now()))
}
