// Campaigns on the old wire, writing half (wire-2008 5.3 to 5.5).

import { changeDraft, createDraft, deleteCampaign } from '../../core/campaigns/write-campaign.ts'
import { getCampaign } from '../../core/campaigns/campaign.ts'
import { createdAnswer, emptyAnswer } from './answer.ts'
import type { Asked } from './asked.ts'
import { readCampaign, requireComplete } from './campaign-payload.ts'
import { renderOneCampaign } from './campaigns.ts'
import { readEntry } from './read-entry.ts'

/** POST /ws/customers/{u}/campaigns: a draft; 201 with the whole entry. */
export async function postCampaign(asked: Asked, body: Uint8Array): Promise<Response> {
  const write = requireComplete(readCampaign(readEntry(body, 'Campaign', 'new')))
  const campaign = await createDraft(asked.app.db, asked.account.accountId, write, asked.now)
  return createdAnswer(`${asked.idBase}/campaigns/${campaign.campaignId}`, await renderOneCampaign(asked, campaign))
}

/** PUT /ws/customers/{u}/campaigns/{id}: 204. */
export async function putCampaign(asked: Asked, campaignId: number, body: Uint8Array): Promise<Response> {
  const { accountId } = asked.account
  await getCampaign(asked.app.db, accountId, campaignId)
  await changeDraft(asked.app.db, accountId, campaignId, readCampaign(readEntry(body, 'Campaign', 'update')), asked.now)
  return emptyAnswer()
}

/** DELETE /ws/customers/{u}/campaigns/{id}: 204. */
export async function deleteOneCampaign(asked: Asked, campaignId: number): Promise<Response> {
  await deleteCampaign(asked.app.db, asked.account.accountId, campaignId)
  return emptyAnswer()
}
