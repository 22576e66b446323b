// GET and POST /welcome: whoever holds the link that an owner or the command line made chooses a password, once.

import { noteDeed } from '../../core/audit/audit.ts'
import { choosePassword, findUserByLink } from '../../core/users/write-user.ts'
import { InvalidInputError } from '../../errors.ts'
import { alonePage } from './alone.ts'
import { html } from './html.ts'
import { complaintNotice, formField } from './layout.ts'
import { passwordField } from './setup.ts'
import { letIn } from './sign-in.ts'
import { seeOther } from './respond.ts'
import type { Visit } from './visit.ts'

export function showLink(visit: Visit): Promise<Response> {
  return choicePage(visit, visit.query.get('link') ?? '')
}

export async function chooseOwnPassword(visit: Visit): Promise<Response> {
  const { app, form, now } = visit
  const link = form.fields.get('link') ?? ''
  try {
    const user = await choosePassword(app.db, link, form.fields.get('password') ?? '', now)
    await noteDeed(app.db, user.accountId, { by: user, action: 'user.password' }, now)
    // Who has codes signs in with one.
    return user.hasTotp ? seeOther('/sign-in') : await letIn(visit, user)
  } catch (error) {
    if (error instanceof InvalidInputError) return choicePage(visit, link, error.message)
    throw error
  }
}

async function choicePage(visit: Visit, link: string, complaint?: string): Promise<Response> {
  const { signIn: w } = visit.words
  const user = await findUserByLink(visit.app.db, link, visit.now)
  if (!user) {
    const body = html`<h1>${visit.words.errors.notFoundTitle}</h1>
      <p class="lead">${w.linkStale}</p>
      <p><a href="/sign-in">${w.title}</a></p>`
    return alonePage(visit, { title: visit.words.errors.notFoundTitle, status: 404, body })
  }
  const body = html`<h1>${w.chooseTitle(user.name)}</h1>
    <p class="lead">${w.chooseLead(user.email)}</p>
    ${complaintNotice(complaint)}
    <form method="post" action="/welcome">
      ${formField(visit)}
      <input type="hidden" name="link" value="${link}" />
      <input type="hidden" name="email" autocomplete="username" value="${user.email}" />
      ${passwordField(visit)}
      <button class="primary">${w.chooseButton}</button>
    </form>`
  return alonePage(visit, { title: w.chooseTitle(user.name), status: complaint === undefined ? 200 : 400, body })
}
