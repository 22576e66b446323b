// /profile: what everybody may change of themselves: name, password, codes of an authenticator, and where they are signed in.

import { renderSVG } from 'uqr'
import { noteDeed } from '../../core/audit/audit.ts'
import { countRecoveryCodes, renewRecoveryCodes, turnTotpOff, turnTotpOn } from '../../core/users/second-factor.ts'
import { endSession, listSessions, openSession, sessionLife } from '../../core/users/session.ts'
import type { Session } from '../../core/users/session.ts'
import { giveTryBack, takeTry } from '../../core/users/sign-in-tries.ts'
import { verifyUser } from '../../core/users/sign-in.ts'
import { createTotpSecret, totpUri } from '../../core/users/totp.ts'
import { changeUserName, changeUserPassword, maxUserName } from '../../core/users/write-user.ts'
import { InvalidInputError } from '../../errors.ts'
import { agentName } from './agent-name.ts'
import { sessionCookie } from './cookies.ts'
import { html, raw } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import { passwordField } from './setup.ts'
import { agoElement } from './time.ts'
import type { Member } from './visit.ts'

export async function showProfile(visit: Member, complaint?: string): Promise<Response> {
  const { words, user, app, accountId, now } = visit
  const w = words.settings.profile
  const sessions = await listSessions(app.db, accountId, user.userId, now)
  const codes = user.hasTotp ? await countRecoveryCodes(app.db, user) : 0
  const body = html`${pageHead(w.title, `${user.email} · ${words.roles[user.role]}`)} ${complaintNotice(complaint)}
    <div class="stack">
      <section class="card">
        <h2>${w.name}</h2>
        <form method="post" action="/profile/name">
          ${formField(visit)}
          <div class="field">
            <label for="name">${w.nameLabel}</label>
            <input id="name" name="name" maxlength="${maxUserName}" required autocomplete="name" value="${user.name}" />
          </div>
          <button>${words.save}</button>
        </form>
      </section>
      <section class="card">
        <h2>${w.password}</h2>
        <form method="post" action="/profile/password">
          ${formField(visit)} <input type="hidden" autocomplete="username" value="${user.email}" />
          <div class="pair">${oldPasswordField(visit, 'old')} ${passwordField(visit, w.newPassword)}</div>
          <button>${w.changePassword}</button>
        </form>
      </section>
      <section class="card">
        <h2>${w.codes}</h2>
        <p class="lead">${user.hasTotp ? w.codesOn(codes) : w.codesOff}</p>
        ${user.hasTotp ? codesOnForms(visit) : html`<a class="button primary" href="/profile/codes">${w.turnOn}</a>`}
      </section>
      <section class="card">
        <h2>${w.sessions}</h2>
        <p class="lead">${w.sessionsHint}</p>
        <ul class="stack">
          ${sessions.map((session) => sessionItem(visit, session))}
        </ul>
      </section>
    </div>`
  return renderPage(visit, { title: w.title, body, isNarrow: true, status: complaint === undefined ? 200 : 400 })
}

function oldPasswordField({ words }: Member, id: string): Html {
  return html`<div class="field">
    <label for="${id}">${words.settings.profile.oldPassword}</label>
    <input id="${id}" name="old" type="password" autocomplete="current-password" required />
  </div>`
}

function codesOnForms(visit: Member): Html {
  const w = visit.words.settings.profile
  return html`<form method="post" action="/profile/codes/off">
    ${formField(visit)} ${oldPasswordField(visit, 'old-for-codes')}
    <div class="actions">
      <button formaction="/profile/recovery">${w.newRecovery}</button>
      <button class="danger">${w.turnOff}</button>
    </div>
  </form>`
}

function sessionItem(visit: Member, session: Session): Html {
  const { words, now } = visit
  const isThis = session.sessionId === visit.session.sessionId
  return html`<li class="actions">
    <span>${agentName(session.agent) ?? words.unknown}</span>
    <span class="quiet small">${words.settings.profile.seen} ${agoElement(session.seenAt, now)}</span>
    ${
      isThis
        ? html`<span class="badge good">${words.settings.profile.thisOne}</span>`
        : html`<form method="post" action="/profile/sessions">
            ${formField(visit)}
            <input type="hidden" name="session" value="${session.sessionId}" />
            <button class="tight">${words.menu.signOut}</button>
          </form>`
    }
  </li>`
}

export async function changeOwnName({ app, accountId, user, form, now }: Member): Promise<Response> {
  await changeUserName(app.db, accountId, user.userId, form.fields.get('name') ?? '')
  await noteDeed(app.db, accountId, { by: user, action: 'user.name' }, now)
  return seeOther('/profile?done=saved')
}

export async function changeOwnPassword(visit: Member): Promise<Response> {
  const { app, user, accountId, form, now } = visit
  if (!(await isOwnPassword(visit))) return showProfile(visit, visit.words.settings.profile.wrongPassword)
  try {
    await changeUserPassword(app.db, user, form.fields.get('password') ?? '')
  } catch (error) {
    if (error instanceof InvalidInputError) return showProfile(visit, error.message)
    throw error
  }
  await noteDeed(app.db, accountId, { by: user, action: 'user.password' }, now)
  const text = await app.db.transaction((tx) => openSession(tx, user, visit.header('user-agent') ?? '', now))
  return seeOther('/profile?done=password-changed', [sessionCookie(app.config, text, sessionLife)])
}

// Guessing slows down here as it does at the door.
async function isOwnPassword({ app, user, form, now }: Member): Promise<boolean> {
  const tries = [`name ${user.email}`]
  if ((await takeTry(app.db, tries, now)) > 0) return false
  const given = { email: user.email, password: form.fields.get('old') ?? '' }
  if (!(await verifyUser(app.db, app.credentials.gate, given))) return false
  await giveTryBack(app.db, tries)
  return true
}

export async function endOneSession({ app, accountId, user, form }: Member): Promise<Response> {
  await endSession(app.db, accountId, user.userId, form.fields.get('session') ?? '')
  return seeOther('/profile?done=session-ended')
}

export function showTotp(visit: Member): Promise<Response> {
  return totpPage(visit, createTotpSecret())
}

function totpPage(visit: Member, secret: string, complaint?: string): Promise<Response> {
  const { words, user } = visit
  const w = words.settings.profile
  const picture = renderSVG(totpUri(secret, user.email), { border: 2, pixelSize: 4 })
  const body = html`${pageHead(w.turnOn)} ${complaintNotice(complaint)}
    <section class="card">
      <ol class="steps">
        <li><p>${w.step1}</p></li>
        <li>
          <div>
            <p>${w.step2}</p>
            <figure class="qr" role="img" aria-label="${w.picture}">${raw(picture)}</figure>
            <p class="small quiet">${w.orType}</p>
            <p><code class="secret">${secret.match(/.{4}/g)!.join(' ')}</code></p>
          </div>
        </li>
        <li>
          <form method="post" action="/profile/codes">
            ${formField(visit)}
            <input type="hidden" name="secret" value="${secret}" />
            <div class="field">
              <label for="code">${w.step3}</label>
              <input
                id="code"
                name="code"
                autocomplete="one-time-code"
                inputmode="numeric"
                pattern="[0-9 ]*"
                maxlength="7"
                required
              />
            </div>
            <button class="primary">${w.turnOn}</button>
          </form>
        </li>
      </ol>
    </section>`
  return renderPage(visit, { title: w.turnOn, body, isNarrow: true, crumbs: [[w.title, '/profile']] })
}

export async function turnOn(visit: Member): Promise<Response> {
  const { app, user, accountId, form, now, words } = visit
  const given = form.fields.get('secret') ?? ''
  const secret = /^[A-Z2-7]{32}$/.test(given) ? given : createTotpSecret()
  const code = (form.fields.get('code') ?? '').replaceAll(' ', '')
  const codes = await turnTotpOn(app.db, user, { secret, code }, now)
  if (!codes) return totpPage(visit, secret, words.signIn.codeWrong)
  await noteDeed(app.db, accountId, { by: user, action: 'user.totp-on' }, now)
  return codesPage(visit, codes)
}

export async function newRecoveryCodes(visit: Member): Promise<Response> {
  const { app, user, accountId, now, words } = visit
  if (!user.hasTotp) return seeOther('/profile')
  if (!(await isOwnPassword(visit))) return showProfile(visit, words.settings.profile.wrongPassword)
  const codes = await renewRecoveryCodes(app.db, user)
  await noteDeed(app.db, accountId, { by: user, action: 'user.recovery-codes' }, now)
  return codesPage(visit, codes)
}

async function codesPage(visit: Member, codes: readonly string[]): Promise<Response> {
  const w = visit.words.settings.profile
  const body: Content = html`${pageHead(w.recovery)}
    <section class="card">
      <p class="lead">${w.recoveryHint}</p>
      <pre class="secret">${codes.join('\n')}</pre>
      <p class="actions"><a class="button primary" href="/profile">${w.kept}</a></p>
    </section>`
  const response = await renderPage(visit, { title: w.recovery, body, isNarrow: true })
  response.headers.set('cache-control', 'no-store')
  return response
}

export async function turnOff(visit: Member): Promise<Response> {
  const { app, user, accountId, now } = visit
  if (!(await isOwnPassword(visit))) return showProfile(visit, visit.words.settings.profile.wrongPassword)
  await turnTotpOff(app.db, user)
  await noteDeed(app.db, accountId, { by: user, action: 'user.totp-off', subject: `user ${user.userId}` }, now)
  return seeOther('/profile?done=totp-off')
}
