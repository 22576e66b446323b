// GET /v/{token}: the mail as a page of its own, for readers whose mail program shows it badly.

import type { App } from '../../app.ts'
import { findCampaign } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import { viewMail } from '../../core/sending/view-mail.ts'
import { pagesFor } from '../../core/tracking/rewrite-mail.ts'
import { openToken } from '../../core/tracking/token.ts'
import type { TokenFields } from '../../core/tracking/token.ts'
import { toHit } from './answer-hit.ts'
import { methodAnswer, optionsAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { mailAnswer, renderMail } from './mail-page.ts'
import type { Visit } from './visit.ts'

const methods = 'GET, HEAD, OPTIONS'

export async function answerView(app: App, visit: Visit): Promise<TrackAnswer> {
  if (visit.method === 'OPTIONS') return optionsAnswer(methods)
  if (visit.method !== 'GET' && visit.method !== 'HEAD') return methodAnswer(visit.language, methods)
  const fields = openToken(app.tracking.keys.find, 'view', visit.token)
  const campaign = fields && (await findCampaign(app.db, fields.accountId, fields.campaignId))
  const body = fields && campaign && ((await shownHtml(app, fields, campaign)) ?? renderMail(campaign.content))
  if (!fields || body === undefined) return unknownAnswer(visit.language)
  await app.tracking.hits.record(toHit(app, visit, 'view', fields))
  return mailAnswer(body)
}

function shownHtml(app: App, fields: TokenFields, campaign: Campaign): Promise<string | undefined> {
  const { publicHost, publicScheme } = app.config
  // Relative where nobody told us how readers reach us.
  const publicUrl = publicHost === undefined ? '' : `${publicScheme}://${publicHost}`
  const urls = pagesFor(app.tracking.keys.newest, publicUrl, fields)
  return viewMail(app.db, fields.accountId, campaign, fields.contactId, urls)
}
