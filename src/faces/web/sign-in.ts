// GET and POST /sign-in, its second step, and POST /sign-out.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { noteDeed } from '../../core/audit/audit.ts'
import { demoUserEmail, hasDemo } from '../../core/demo/demo-data.ts'
import { endSession, openSession, sessionLife } from '../../core/users/session.ts'
import { takeCode } from '../../core/users/second-factor.ts'
import { giveTryBack, takeTry } from '../../core/users/sign-in-tries.ts'
import { verifyUser } from '../../core/users/sign-in.ts'
import { findUser, getUser, hasUsers, roles } from '../../core/users/user.ts'
import type { User } from '../../core/users/user.ts'
import { UnavailableError } from '../../errors.ts'
import { alonePage } from './alone.ts'
import { sessionCookie } from './cookies.ts'
import { html, nothing } from './html.ts'
import type { Content } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField } from './layout.ts'
import { isLoopbackHost } from './origin.ts'
import { seeOther } from './respond.ts'
import type { Member, Visit } from './visit.ts'

export async function showSignIn(visit: Visit): Promise<Response> {
  if (visit.member) return seeOther(nextOf(visit.query.get('next')))
  return signInPage(visit)
}

async function signInPage(visit: Visit, complaint?: string, status = 200): Promise<Response> {
  const { words, form, query, app } = visit
  const { signIn: w } = words
  const title = w.title
  if (!(await hasUsers(app.db)))
    return alonePage(visit, { title: w.setupTitle, body: html`<h1>${w.setupTitle}</h1><p class="lead">${w.setupNeeded}</p>` }) // oxfmt-ignore
  const isOut = query.get('done') === 'signed-out'
  const next = form.fields.get('next') ?? query.get('next') ?? ''
  const body = html`<h1>${title}</h1>
    <p class="lead">${w.lead}</p>
    ${isOut ? html`<p class="notice" role="status">${icon('done')}${words.done['signed-out']}</p>` : nothing}
    ${complaintNotice(complaint)}
    <form method="post" action="/sign-in">
      ${formField(visit)}
      <input type="hidden" name="next" value="${next}" />
      <div class="field">
        <label for="email">${w.email}</label>
        <input
          id="email"
          name="email"
          type="email"
          autocomplete="username"
          autocapitalize="none"
          required
          value="${form.fields.get('email') ?? ''}"
        />
      </div>
      <div class="field">
        <label for="password">${w.password}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
      </div>
      <button class="primary">${w.button}</button>
    </form>
    ${(await isOpenDemo(visit)) ? demoChoice(visit, next) : html`<p class="small quiet or">${w.forgotten}</p>`}`
  return alonePage(visit, { title, status, body })
}

function demoChoice(visit: Visit, next: string): Content {
  const { words } = visit
  return html`<div class="or">
    <h2>${words.signIn.demoTitle}</h2>
    <p class="small quiet">${words.signIn.demoText}</p>
    <form method="post" action="/sign-in" class="demos">
      ${formField(visit)}
      <input type="hidden" name="next" value="${next}" />
      ${[...roles]
        .reverse()
        .map(
          (role) =>
            html`<button name="demo" value="${role}">
              ${words.roles[role]} <span class="quiet small">${words.roleHints[role]}</span>
            </button>`,
        )}
    </form>
  </div>`
}

// Whoever reaches this by another name was led here from elsewhere.
async function isOpenDemo({ app, header }: Visit): Promise<boolean> {
  return isLoopbackHost(header('host')) && (await hasDemo(app.db))
}

export async function signIn(visit: Visit): Promise<Response> {
  const { app, form, address, now, words } = visit
  const demo = roles.find((role) => role === form.fields.get('demo'))
  if (demo && (await isOpenDemo(visit))) {
    const user = await findUser(app.db, demoUserEmail(demo))
    if (user) return letIn(visit, user)
  }
  const email = form.fields.get('email') ?? ''
  const password = form.fields.get('password') ?? ''
  const name = email.trim().toLowerCase().slice(0, 254)
  const tries = [`name ${name}`, ...(address === undefined ? [] : [`address ${address}`])]
  try {
    const wait = await takeTry(app.db, tries, now)
    if (wait > 0) return await signInPage(visit, words.signIn.tooMany(wait), 429)
    const user = await verifyUser(app.db, app.credentials.gate, { email, password })
    if (user) {
      // Whoever has the password is not guessing; codes are counted on their own.
      await giveTryBack(app.db, tries)
      return await (user.hasTotp ? codePage(visit, user) : letIn(visit, user))
    }
  } catch (error) {
    if (error instanceof UnavailableError) return signInPage(visit, words.signIn.busy, 503)
    throw error
  }
  app.log.warn({ address }, 'a sign-in failed')
  return signInPage(visit, words.signIn.wrong, 403)
}

function codePage(visit: Visit, user: User, complaint?: string, status = 200): Promise<Response> {
  const { signIn: w } = visit.words
  const body = html`<h1>${w.codeTitle}</h1>
    <p class="lead">${w.codeLead}</p>
    ${complaintNotice(complaint)}
    <form method="post" action="/sign-in/code">
      ${formField(visit)}
      <input type="hidden" name="next" value="${visit.form.fields.get('next') ?? ''}" />
      <input type="hidden" name="proof" value="${createProof(visit, user)}" />
      <div class="field">
        <label for="code">${w.code}</label>
        <input
          id="code"
          name="code"
          autocomplete="one-time-code"
          inputmode="text"
          autocapitalize="none"
          spellcheck="false"
          maxlength="40"
          required
          autofocus
        />
      </div>
      <button class="primary">${w.codeButton}</button>
    </form>`
  return alonePage(visit, { title: w.codeTitle, status, body })
}

export async function takeSignInCode(visit: Visit): Promise<Response> {
  const { app, form, words, now } = visit
  const whose = readProof(visit, form.fields.get('proof') ?? '')
  if (!whose) return signInPage(visit, words.signIn.expired, 403)
  const user = await getUser(app.db, whose.accountId, whose.userId)
  const outcome = await takeCode(app.db, user, (form.fields.get('code') ?? '').slice(0, 40), now)
  if (outcome === 'ok') return letIn(visit, user)
  return codePage(
    visit,
    user,
    outcome === 'wait' ? words.signIn.codeWait : words.signIn.codeWrong,
    outcome === 'wait' ? 429 : 403,
  )
}

/** How long the second step may take, in ms. */
const proofLife = 5 * 60_000

// That the password was right, for a few minutes.
function createProof({ app, now }: Visit, { accountId, userId }: User): string {
  const content = `${accountId}.${userId}.${now + proofLife}`
  return `${content}.${macOf(app.cursorKey, content)}`
}

function readProof({ app, now }: Visit, proof: string): { accountId: number; userId: number } | undefined {
  const [, content, account, user, until, mac] = /^((\d{1,15})\.(\d{1,15})\.(\d{1,15}))\.([\w-]{43})$/.exec(proof) ?? []
  if (content === undefined) return undefined
  const isRight = timingSafeEqual(Buffer.from(mac!), Buffer.from(macOf(app.cursorKey, content)))
  return isRight && Number(until) > now ? { accountId: Number(account), userId: Number(user) } : undefined
}

function macOf(key: Uint8Array, content: string): string {
  return createHmac('sha256', key).update(`contrail web sign-in\0${content}`).digest('base64url')
}

/** Opens a new session, in place of one there may be, and goes where the user wanted to go. */
export async function letIn(visit: Visit, user: User): Promise<Response> {
  const { app, member, now } = visit
  if (member) await endSession(app.db, member.accountId, member.user.userId, member.session.sessionId)
  const text = await app.db.transaction((tx) => openSession(tx, user, visit.header('user-agent') ?? '', now))
  await noteDeed(app.db, user.accountId, { by: user, action: 'user.sign-in' }, now)
  return seeOther(nextOf(visit.form.fields.get('next')), [sessionCookie(app.config, text, sessionLife)])
}

export async function signOut({ app, accountId, user, session, now }: Member): Promise<Response> {
  await endSession(app.db, accountId, user.userId, session.sessionId)
  await noteDeed(app.db, accountId, { by: user, action: 'user.sign-out' }, now)
  // Pages that may be gone back to are forgotten with the cookie.
  return seeOther('/sign-in?done=signed-out', [sessionCookie(app.config, '', 0)], { 'clear-site-data': '"cache"' })
}

/** A path of ours; the start page for anything else. */
function nextOf(text: string | null): string {
  const isPath = text !== null && /^\/(?![/\\])[\x21-\x7e]{0,2000}$/.test(text) && !text.startsWith('/sign-')
  return isPath ? text : '/'
}
