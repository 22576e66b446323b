// What can be done to a campaign: what is recorded of its readers, and deleting it.

import { noteDeed } from '../../core/audit/audit.ts'
import { deleteCampaign } from '../../core/campaigns/write-campaign.ts'
import { setCampaignTracking, trackingLevels } from '../../core/tracking/consent.ts'
import { InvalidInputError } from '../../errors.ts'
import { campaignOf } from './campaign-tabs.ts'
import { confirmForm } from './confirm.ts'
import { renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'

export async function changeCampaignTracking(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now } = visit
  const { campaignId } = await campaignOf(visit)
  const tracking = trackingLevels.find((level) => level === form.fields.get('tracking'))
  if (!tracking) throw new InvalidInputError('this choice is none')
  await setCampaignTracking(app.db, accountId, campaignId, tracking)
  const deed = {
    by: user,
    action: 'campaign.tracking',
    subject: `campaign ${campaignId}`,
    detail: { tracking },
  } as const
  await noteDeed(app.db, accountId, deed, now)
  return seeOther(`/campaigns/${campaignId}?done=tracking-set`)
}

export async function askDeleteCampaign(visit: Member): Promise<Response> {
  const { words } = visit
  const w = words.campaigns
  const { campaignId, name } = await campaignOf(visit)
  const title = w.deleteTitle(name)
  const body = confirmForm(visit, { title, text: w.deleteText, button: w.delete, back: `/campaigns/${campaignId}` })
  return renderPage(visit, { title, place: 'campaigns', body, isNarrow: true, crumbs: [[w.title, '/campaigns'], [name, `/campaigns/${campaignId}`]] }) // oxfmt-ignore
}

export async function removeCampaign(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  const { campaignId } = await campaignOf(visit)
  await deleteCampaign(app.db, accountId, campaignId)
  await noteDeed(app.db, accountId, { by: user, action: 'campaign.delete', subject: `campaign ${campaignId}` }, now)
  return seeOther('/campaigns?done=campaign-deleted')
}
