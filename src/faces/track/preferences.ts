// GET and POST /s/{token}: what a reader gets, and what may be noted of it; each is changed by itself.

import type { App } from '../../app.ts'
import { chooseLists, getPreferences } from '../../core/contacts/preferences.ts'
import { getTracking, setConsent, trackingLevels } from '../../core/tracking/consent.ts'
import { openToken } from '../../core/tracking/token.ts'
import type { TokenFields } from '../../core/tracking/token.ts'
import { methodAnswer, optionsAnswer, seeOtherAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { isSame, signForm } from './form-token.ts'
import { maskEmail, messagePage } from './page.ts'
import { preferencesPage, wordingOf } from './preferences-page.ts'
import type { Visit } from './visit.ts'
import { wordsOf } from './words/words.ts'

const methods = 'GET, HEAD, POST, OPTIONS'
/** All lists of the page, shown and chosen, fit in this. */
const maxForm = 16_384

export async function answerPreferences(app: App, visit: Visit): Promise<TrackAnswer> {
  if (visit.method === 'OPTIONS') return optionsAnswer(methods)
  if (!['GET', 'HEAD', 'POST'].includes(visit.method)) return methodAnswer(visit.language, methods)
  const fields = openToken(app.tracking.keys.find, 'preferences', visit.token)
  if (!fields) return unknownAnswer(visit.language)
  return visit.method === 'POST' ? change(app, visit, fields) : show(app, visit, fields)
}

async function show(app: App, visit: Visit, { accountId, contactId }: TokenFields): Promise<TrackAnswer> {
  const preferences = await getPreferences(app.db, accountId, contactId)
  const tracking = await getTracking(app.db, accountId, contactId)
  const saved = visit.query.get('saved') ?? undefined
  return preferencesPage(visit.language, {
    ...preferences,
    address: maskEmail(preferences.email),
    tracking,
    saved,
    formToken: signForm(app.cursorKey, 'preferences', visit.token),
  })
}

async function change(app: App, visit: Visit, tokenFields: TokenFields): Promise<TrackAnswer> {
  const { accountId, contactId, campaignId } = tokenFields
  const words = wordsOf(visit.language)
  const form = await visit.readForm(maxForm)
  if (!form) return messagePage(visit.language, words.tooLongTitle, words.tooLongText, 413)
  const { fields } = form
  const stale = (): Promise<TrackAnswer> => messagePage(visit.language, words.staleTitle, words.staleText, 400)
  if (!isSame(fields.get('form') ?? '', signForm(app.cursorKey, 'preferences', visit.token))) return stale()
  switch (fields.get('change') ?? '') {
    case 'lists': {
      const choice = { shown: fields.getAll('shown').map(Number), chosen: fields.getAll('list').map(Number) }
      await chooseLists(app.db, accountId, contactId, choice, app.now())
      return seeOtherAnswer('?saved=lists')
    }
    case 'tracking': {
      const tracking = trackingLevels.find((level) => level === fields.get('tracking'))
      if (!tracking) return stale()
      const wording = wordingOf(visit.language, tracking)
      await setConsent(app.db, accountId, contactId, { tracking, source: 'preferences', wording, at: app.now() })
      return seeOtherAnswer('?saved=tracking')
    }
    case 'stop': {
      const request = { accountId, contactId, campaignId, source: 'preferences', at: app.now() }
      const outcome = await app.tracking.optOuts.take(request)
      return seeOtherAnswer(outcome === 'done' ? '?saved=stop' : '?saved=waiting')
    }
    default:
      return stale()
  }
}
