// Reports of campaigns, remembered for a while: the page of one waits for its report, pages of many show those that are there or
// quickly made. Used by the pages of campaigns.

import { hasManyEvents, reportCampaign, reportName } from '../../core/events/campaign-report.ts'
import type { CampaignReport, KindTally } from '../../core/events/campaign-report.ts'
import type { Member } from './visit.ts'

/** Remembered for a while. */
export function readReport(
  { app, accountId, remembered }: Member,
  campaignId: number,
): Promise<{ result: CampaignReport; at: number }> {
  return remembered.get(reportName(accountId, campaignId), app.now, () => reportCampaign(app.db, accountId, campaignId))
}

/** Begun for one page of many, at most. */
const maxBegun = 3

/** Those of the campaigns that are there or quickly made; others are begun, and there next time. */
export async function quickReports(
  visit: Member,
  campaignIds: readonly number[],
): Promise<Map<number, CampaignReport>> {
  const { app, accountId, remembered } = visit
  const found = new Map<number, CampaignReport>()
  let begun = 0
  for (const campaignId of campaignIds) {
    const known = remembered.peek<CampaignReport>(reportName(accountId, campaignId))
    if (known) found.set(campaignId, known)
    else if (!(await hasManyEvents(app.db, accountId, campaignId)))
      found.set(campaignId, (await readReport(visit, campaignId)).result)
    else if (begun++ < maxBegun)
      readReport(visit, campaignId).catch((error: unknown) => app.log.warn({ err: error, campaignId }, 'no report'))
  }
  return found
}

/** What the rates of a campaign are shares of. */
export function reachedBy({ kinds }: CampaignReport): number {
  // Who imports a history without deliveries has sends to go by.
  return kinds.delivery.all.contacts || kinds.send.all.contacts
}

/** Contacts that opened or clicked. */
export function contactsOf({ all, people }: KindTally, isAll: boolean): number {
  return (isAll ? all : people).contacts
}
