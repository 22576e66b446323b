// GET and POST /f/{token}: a reader sends its mail on to friends. Off unless the account allows it.

import { html } from 'hono/html'
import type { App } from '../../app.ts'
import { composeForward } from '../../core/forwards/compose.ts'
import { countFriendsLeft, findForwardable, forward } from '../../core/forwards/forward.ts'
import type { Forwardable } from '../../core/forwards/forward.ts'
import { getContact } from '../../core/contacts/contact.ts'
import { openToken } from '../../core/tracking/token.ts'
import type { TokenFields } from '../../core/tracking/token.ts'
import { withoutReaders } from '../../core/tracking/without-readers.ts'
import { methodAnswer, optionsAnswer, seeOtherAnswer, unknownAnswer } from './answers.ts'
import type { TrackAnswer } from './answers.ts'
import { readShown, signShown } from './form-token.ts'
import { emptyForm, forwardPage, readForwardForm } from './forward-page.ts'
import type { ReadForm } from './forward-page.ts'
import { messagePage, renderPage } from './page.ts'
import type { Visit } from './visit.ts'
import { forwardWords } from './words/forward.ts'
import { wordsOf } from './words/words.ts'

const methods = 'GET, HEAD, POST, OPTIONS'
/** Five addresses, a name and a note in any script, percent-encoded, fit in this. */
const maxForm = 16_384
/** Who is faster than this, in ms, has not written it by hand. */
const shortest = 3000
/** A form that was left open for longer, in ms, is shown anew. */
const longest = 86_400_000

export async function answerForward(app: App, visit: Visit): Promise<TrackAnswer> {
  if (visit.method === 'OPTIONS') return optionsAnswer(methods)
  if (!['GET', 'HEAD', 'POST'].includes(visit.method)) return methodAnswer(visit.language, methods)
  const fields = openToken(app.tracking.keys.find, 'forward', visit.token)
  if (!fields || !app.queueForward) return unknownAnswer(visit.language)
  const forwardable = await findForwardable(app.db, fields.accountId, fields.campaignId)
  if (!forwardable) return unknownAnswer(visit.language)
  // Of a contact that is gone nobody has the mail.
  await getContact(app.db, fields.accountId, fields.contactId)
  return visit.method === 'POST' ? send(app, visit, fields, forwardable) : show(app, visit, fields, forwardable)
}

async function show(app: App, visit: Visit, fields: TokenFields, { content }: Forwardable): Promise<TrackAnswer> {
  const words = forwardWords[visit.language]
  const left = await countFriendsLeft(app.db, fields.accountId, { ...fields, visitor: visit.address }, app.now())
  if (visit.query.has('sent')) {
    const more = left === 0 ? '' : html`<p class="after"><a href="?">${words.more}</a></p>`
    return renderPage({
      language: visit.language,
      title: words.sentTitle,
      body: html`<p>${words.sentText}</p>
        ${more}`,
    })
  }
  if (left === 0) return messagePage(visit.language, words.noneLeftTitle, words.noneLeftText)
  return forwardPage(visit.language, {
    ...titlesOf(content),
    written: emptyForm,
    problems: [],
    formToken: signShown(app.cursorKey, 'forward', visit.token, app.now()),
  })
}

async function send(app: App, visit: Visit, fields: TokenFields, forwardable: Forwardable): Promise<TrackAnswer> {
  const { language, token } = visit
  const form = await visit.readForm(maxForm)
  const words = wordsOf(language)
  if (!form) return messagePage(language, words.tooLongTitle, words.tooLongText, 413)
  const formToken = form.fields.get('form') ?? ''
  const age = app.now() - (readShown(app.cursorKey, 'forward', token, formToken) ?? -Infinity)
  // The field that no person sees is filled in by programs.
  if (!(age >= 0 && age <= longest) || form.fields.get('website'))
    return messagePage(language, words.staleTitle, words.staleText, 400)
  const read = readForwardForm(form.fields, forwardWords[language])
  const problems = age < shortest ? [...read.problems, forwardWords[language].tooSoon] : read.problems
  const problem = problems.length > 0 ? problems : await forwardTo(app, visit, fields, forwardable, read)
  if (!problem) return seeOtherAnswer('?sent=1')
  return forwardPage(language, {
    ...titlesOf(forwardable.content),
    written: read.written,
    problems: problem,
    formToken,
  })
}

/** Undefined when it is done. */
async function forwardTo(
  app: App,
  { language, address }: Visit,
  fields: TokenFields,
  { content, from }: Forwardable,
  { name, note, friends }: ReadForm,
): Promise<string[] | undefined> {
  const words = forwardWords[language]
  const { subject, sender } = titlesOf(content)
  const wording = {
    subject: words.subject(name, subject),
    intro: words.intro(name, sender),
    reason: words.reason(sender),
  }
  const { keys, targets } = app.tracking
  const mail = await composeForward(content, wording, note, (text, format) =>
    withoutReaders(
      text,
      (purpose, token) => openToken(keys.find, purpose, token),
      (link) => targets.findUrl(link),
      format === 'text' ? (url) => url : undefined,
    ),
  )
  const given = { ...fields, ...mail, from, friends, visitor: address }
  const outcome = await forward(app.db, app.queueForward!, fields.accountId, given, app.now())
  return outcome === 'done' ? undefined : [words.tooMany(outcome.left)]
}

function titlesOf({ subject = '', organizationName, fromName }: Forwardable['content']): {
  subject: string
  sender: string
} {
  return { subject, sender: organizationName ?? fromName ?? '' }
}
