// GET /v/{token}: the mail as a page of its own, for readers whose mail program shows it badly.

import type { App } from '../../app.ts'
import { findCampaign } from '../../core/campaigns/campaign.ts'
import { openToken } from '../../core/tracking/token.ts'
import { toHit } from './answer-hit.ts'
import { methodAnswer, optionsAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { secretHeaders } from './page.ts'
import type { Visit } from './visit.ts'

const methods = 'GET, HEAD, OPTIONS'

// What a sender wrote can do nothing here but look like itself and lead away; what it leads to is bound by none of this.
const policy =
  "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

export async function answerView(app: App, visit: Visit): Promise<TrackAnswer> {
  if (visit.method === 'OPTIONS') return optionsAnswer(methods)
  if (visit.method !== 'GET' && visit.method !== 'HEAD') return methodAnswer(visit.language, methods)
  const fields = openToken(app.tracking.keys.find, 'view', visit.token)
  const campaign = fields && (await findCampaign(app.db, fields.accountId, fields.campaignId))
  const body = campaign?.content.html ?? textPage(campaign?.content.text)
  if (!fields || body === undefined) return unknownAnswer(visit.language)
  await app.tracking.hits.record(toHit(app, visit, 'view', fields))
  return {
    status: 200,
    headers: {
      ...secretHeaders,
      'content-type': 'text/html; charset=UTF-8',
      'content-length': String(Buffer.byteLength(body)),
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
    },
    body,
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function textPage(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const escaped = text.replaceAll(/[&<>]/g, (character) => escapes[character]!)
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title></title><pre style="white-space:pre-wrap;overflow-wrap:anywhere">${escaped}</pre>\n`
}
