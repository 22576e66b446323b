// GET and POST /setup: the first owner, by the token that the server printed.

import { listAccounts } from '../../core/accounts/account.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { minPasswordLength } from '../../core/users/password.ts'
import { isSetupToken, setUp } from '../../core/users/setup.ts'
import { maxUserName } from '../../core/users/write-user.ts'
import { ConflictError, InvalidInputError } from '../../errors.ts'
import { alonePage } from './alone.ts'
import { html } from './html.ts'
import type { Content } from './html.ts'
import { complaintNotice, formField } from './layout.ts'
import { letIn } from './sign-in.ts'
import type { Visit } from './visit.ts'

export async function showSetup(visit: Visit): Promise<Response> {
  const token = visit.query.get('token') ?? ''
  if (!(await isSetupToken(visit.app.db, token))) return stale(visit)
  return setupPage(visit, token)
}

export async function setUpOwner(visit: Visit): Promise<Response> {
  const { app, form, now } = visit
  const field = (name: string): string => form.fields.get(name) ?? ''
  const token = field('token')
  if (!(await isSetupToken(app.db, token))) return stale(visit)
  try {
    const owner = {
      token,
      username: field('username'),
      email: parseEmail(field('email')),
      name: field('name'),
      password: field('password'),
    }
    const user = await setUp(app.db, owner, now)
    await noteDeed(app.db, user.accountId, { by: user, action: 'setup' }, now)
    return await letIn(visit, user)
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof ConflictError)
      return setupPage(visit, token, error.message)
    throw error
  }
}

function stale(visit: Visit): Promise<Response> {
  const { signIn: w } = visit.words
  const body = html`<h1>${w.setupTitle}</h1>
    <p class="lead">${w.setupStale}</p>
    <p><a href="/sign-in">${w.title}</a></p>`
  return alonePage(visit, { title: w.setupTitle, status: 403, body })
}

async function setupPage(visit: Visit, token: string, complaint?: string): Promise<Response> {
  const { signIn: w } = visit.words
  const given = (name: string): string => visit.form.fields.get(name) ?? ''
  const body = html`<h1>${w.setupTitle}</h1>
    <p class="lead">${w.setupLead}</p>
    ${complaintNotice(complaint)}
    <form method="post" action="/setup">
      ${formField(visit)}
      <input type="hidden" name="token" value="${token}" />
      ${await accountField(visit, given('username'))}
      <div class="field">
        <label for="name">${w.name}</label>
        <input id="name" name="name" autocomplete="name" maxlength="${maxUserName}" required value="${given('name')}" />
      </div>
      <div class="field">
        <label for="email">${w.email}</label>
        <input id="email" name="email" type="email" autocomplete="username" required value="${given('email')}" />
      </div>
      ${passwordField(visit)}
      <button class="primary">${w.setupButton}</button>
    </form>`
  return alonePage(visit, { title: w.setupTitle, status: complaint === undefined ? 200 : 400, body })
}

async function accountField({ app, words }: Visit, given: string): Promise<Content> {
  const { signIn: w } = words
  const accounts = await listAccounts(app.db)
  if (accounts.length === 0)
    return html`<div class="field">
      <label for="username">${w.username}</label>
      <input
        id="username"
        name="username"
        autocapitalize="none"
        maxlength="80"
        required
        value="${given}"
        aria-describedby="username-hint"
      />
      <p class="hint" id="username-hint">${w.usernameHint}</p>
    </div>`
  return html`<div class="field">
    <label for="username">${w.usernameChoice}</label>
    <select id="username" name="username">
      ${accounts.map(({ username }) => html`<option ${username === given ? 'selected' : ''}>${username}</option>`)}
    </select>
  </div>`
}

/** A new password, with what it has to be. */
export function passwordField({ words }: Visit, label = words.signIn.newPassword): Content {
  const { signIn: w } = words
  return html`<div class="field">
    <label for="password">${label}</label>
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="new-password"
      minlength="${minPasswordLength}"
      required
      aria-describedby="password-hint"
    />
    <p class="hint" id="password-hint">${w.passwordHint(minPasswordLength)}</p>
  </div>`
}
