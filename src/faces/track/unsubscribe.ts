// GET and POST /u/{token}: no more mail, by one click of a mail program (RFC 8058) or by a person on the page.

import { html } from 'hono/html'
import type { App } from '../../app.ts'
import { findCampaign } from '../../core/campaigns/campaign.ts'
import { getContact } from '../../core/contacts/contact.ts'
import { openToken, sealToken } from '../../core/tracking/token.ts'
import type { TokenFields } from '../../core/tracking/token.ts'
import { NotFoundError, UnavailableError } from '../../errors.ts'
import { toHit } from './answer-hit.ts'
import { methodAnswer, optionsAnswer, seeOtherAnswer, textAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { maskEmail, messagePage, renderPage } from './page.ts'
import type { Visit } from './visit.ts'
import { wordsOf } from './words/words.ts'

const methods = 'GET, HEAD, POST, OPTIONS'
/** What a program sends with one click fits in this. */
const maxOneClick = 1024
/** A reason in any script, percent-encoded, fits in this. */
const maxForm = 8192
/** In characters; what is longer is cut. */
const maxReason = 500
/** How long a page waits for the store before it is shown with less on it, in ms. */
const patience = 1000

export async function answerUnsubscribe(app: App, visit: Visit): Promise<TrackAnswer> {
  if (visit.method === 'OPTIONS') return optionsAnswer(methods)
  if (!['GET', 'HEAD', 'POST'].includes(visit.method)) return methodAnswer(visit.language, methods)
  const fields = openToken(app.tracking.keys.find, 'unsubscribe', visit.token)
  if (!fields) return unknownAnswer(visit.language)
  return visit.method === 'POST' ? unsubscribe(app, visit, fields) : show(app, visit, fields)
}

/** Nothing but the token gives it force; there is no session that others could use (RFC 8058 3.2). */
async function unsubscribe(app: App, visit: Visit, fields: TokenFields): Promise<TrackAnswer> {
  const { language } = visit
  const words = wordsOf(language)
  const form = await visit.readForm(maxForm)
  const isOneClick = form?.fields.get('confirm') !== '1' || form.fields.has('List-Unsubscribe')
  if (!form || (isOneClick && form.bytes > maxOneClick))
    return messagePage(language, words.tooLongTitle, words.tooLongText, 413)
  const { accountId, contactId, campaignId } = fields
  const reason = isOneClick ? undefined : cleanReason(form.fields.get('reason') ?? '')
  const source = isOneClick ? 'one-click' : 'page'
  try {
    const outcome = await app.tracking.optOuts.take({ accountId, contactId, campaignId, source, reason, at: app.now() })
    // Never a redirect for a program (RFC 8058 3.1), always one for a person, so that loading anew asks nothing again.
    if (isOneClick) return textAnswer(language, outcome === 'done' ? words.oneClickDone : words.oneClickWaiting)
    return seeOtherAnswer(outcome === 'done' ? '?done=1' : '?done=waiting')
  } catch (error) {
    if (!isOneClick || !(error instanceof UnavailableError)) throw error
    const answer = textAnswer(language, `${words.awayTitle}. ${words.awayText}`, 503)
    return { ...answer, headers: { ...answer.headers, 'retry-after': '120' } }
  }
}

async function show(app: App, visit: Visit, fields: TokenFields): Promise<TrackAnswer> {
  const { language, query } = visit
  const words = wordsOf(language)
  const known = await lookUp(app, fields)
  if (known === 'gone') return unknownAnswer(language)
  // Looking ahead is no visit, and the page after the button is no second one.
  if (visit.method === 'GET' && !query.has('done'))
    await app.tracking.hits.record(toHit(app, visit, 'unsubscribe-page', fields))
  if (known?.isOptedOut) return messagePage(language, words.doneTitle, words.doneText(known.address))
  if (query.get('done') === 'waiting') return messagePage(language, words.waitingTitle, words.waitingText)
  const preferences = sealToken(app.tracking.keys.newest, 'preferences', fields)
  const body = html`<p>${words.unsubscribeText(known?.address ?? '***', known?.sender ?? '')}</p>
    <form method="post">
      <input type="hidden" name="confirm" value="1" />
      <label class="field" for="reason">${words.reasonLabel}</label>
      <textarea id="reason" name="reason" rows="3" maxlength="${maxReason}" aria-describedby="reason-hint"></textarea>
      <p class="hint" id="reason-hint">${words.reasonHint}</p>
      <button>${words.unsubscribeButton}</button>
    </form>
    <p class="after"><a href="/s/${preferences}">${words.choosePreferences}</a></p>`
  return renderPage({ language, title: words.unsubscribeTitle, body })
}

interface Known {
  address: string
  isOptedOut: boolean
  sender: string
}

/** Undefined while the store is away: the button works then, too. */
async function lookUp(
  { db }: App,
  { accountId, contactId, campaignId }: TokenFields,
): Promise<Known | 'gone' | undefined> {
  const found = Promise.all([getContact(db, accountId, contactId), findCampaign(db, accountId, campaignId)]).then(
    ([{ email, status }, campaign]): Known => ({
      address: maskEmail(email),
      isOptedOut: status === 'do-not-mail',
      sender: campaign?.content.organizationName ?? campaign?.content.fromName ?? '',
    }),
    (error: unknown) => (error instanceof NotFoundError ? ('gone' as const) : undefined),
  )
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), patience)
  const known = await Promise.race([found, late.promise])
  clearTimeout(timer)
  return known
}

// Shown to the account's owner, in feeds and on terminals: text, without anything a terminal or XML would trip over.
function cleanReason(text: string): string | undefined {
  const clean = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\ufffe\uffff]+/gu, ' ')
    .trim()
  return clean === '' ? undefined : clean.slice(0, maxReason).toWellFormed()
}
