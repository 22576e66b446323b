// GET /p/{token}: a campaign as everybody may see it who has the address; nobody's visit is noted.

import type { App } from '../../app.ts'
import { findSharedCampaign } from '../../core/campaigns/share.ts'
import { renderForNobody } from '../../core/sending/render-for-nobody.ts'
import { openToken } from '../../core/tracking/token.ts'
import { withoutReaders } from '../../core/tracking/without-readers.ts'
import { methodAnswer, optionsAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { mailAnswer, renderMail } from './mail-page.ts'
import type { Visit } from './visit.ts'

const methods = 'GET, HEAD, OPTIONS'

export async function answerShared(app: App, visit: Visit): Promise<TrackAnswer> {
  if (visit.method === 'OPTIONS') return optionsAnswer(methods)
  if (visit.method !== 'GET' && visit.method !== 'HEAD') return methodAnswer(visit.language, methods)
  const { keys, targets } = app.tracking
  const fields = openToken(keys.find, 'share', visit.token)
  if (fields?.contactId !== 0) return unknownAnswer(visit.language)
  const campaign = await findSharedCampaign(app.db, fields.accountId, fields.campaignId, fields.sendNo)
  const mail = campaign && renderMail(await renderForNobody(app.db, fields.accountId, campaign))
  if (mail === undefined) return unknownAnswer(visit.language)
  const body = await withoutReaders(
    mail,
    (purpose, token) => openToken(keys.find, purpose, token),
    (link) => targets.findUrl(link),
  )
  return mailAnswer(body)
}
