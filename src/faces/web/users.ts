// /settings/users: who may use these pages. Seen and changed by owners alone.

import { noteDeed } from '../../core/audit/audit.ts'
import type { AuditAction } from '../../core/audit/audit.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { turnTotpOff } from '../../core/users/second-factor.ts'
import { getUser, listUsers, roles } from '../../core/users/user.ts'
import type { Role, User } from '../../core/users/user.ts'
import { changeRole, createUser, maxUserName, removeUser, renewLink } from '../../core/users/write-user.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { confirmForm } from './confirm.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { initials, toneOf } from './person.ts'
import { publicAddress } from './public-address.ts'
import { seeOther } from './respond.ts'
import { settingsTabs } from './settings-tabs.ts'
import { agoElement } from './time.ts'
import type { Member } from './visit.ts'

export async function showUsers(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words } = visit
  const w = words.settings.users
  const users = await listUsers(app.db, accountId)
  const body = html`${pageHead(words.settings.title)} ${settingsTabs(visit, 'users')} ${complaintNotice(complaint)}
    <div class="stack">
      <div class="card flush">${userTable(visit, users)}</div>
      ${addForm(visit)}
    </div>`
  return renderPage(visit, { title: w.title, place: 'settings', body, status: complaint === undefined ? 200 : 400 })
}

function userTable(visit: Member, users: readonly User[]): Html {
  const w = visit.words.settings.users
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.title}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.columns.user}</th>
          <th scope="col">${w.columns.role}</th>
          <th scope="col" class="wide-only">${w.columns.seen}</th>
          <th scope="col" class="wide-only">${w.columns.code}</th>
          <th scope="col"><span class="hidden-text">${w.columns.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${users.map((user) => userRow(visit, user))}
      </tbody>
    </table>
  </div>`
}

function userRow(visit: Member, user: User): Html {
  const { words, now } = visit
  const w = words.settings.users
  const isSelf = user.userId === visit.user.userId
  return html`<tr>
    <th scope="row">
      <div class="person">
        <span class="face t${toneOf(user.email)}" aria-hidden="true">${initials(user.name)}</span>
        <span
          >${user.name}
          ${isSelf ? html`<span class="badge">${w.you}</span>` : nothing}${user.hasPassword ? nothing : html`<span class="badge info">${w.invited}</span>`}<span
            class="quiet"
            >${user.email}</span
          ></span
        >
      </div>
    </th>
    <td>
      <form method="post" action="/settings/users/${user.userId}/role" class="filters" data-filters>
        ${formField(visit)}
        <select name="role" aria-label="${w.changeRole(user.name)}">
          ${roleOptions(visit, user.role)}
        </select>
        <noscript><button class="tight">${words.save}</button></noscript>
      </form>
    </td>
    <td class="wide-only quiet">${user.signedInAt === null ? words.never : agoElement(user.signedInAt, now)}</td>
    <td class="wide-only">
      ${user.hasTotp ? html`<span class="badge good">${w.on}</span>` : html`<span class="badge">${w.off}</span>`}
    </td>
    <td class="number">${isSelf ? nothing : rowMenu(visit, user)}</td>
  </tr>`
}

function roleOptions({ words }: Member, held: Role): Content {
  return [...roles]
    .reverse()
    .map((role) => html`<option value="${role}" ${role === held ? 'selected' : nothing}>${words.roles[role]}</option>`)
}

function rowMenu(visit: Member, { userId, hasTotp }: User): Html {
  const w = visit.words.settings.users
  return html`<form method="post" class="actions rows">
    ${formField(visit)}
    <button class="tight" formaction="/settings/users/${userId}/link">${w.newLink}</button>
    ${hasTotp ? html`<button class="tight" formaction="/settings/users/${userId}/totp">${w.totpOff}</button>` : nothing}
    <a class="button tight danger" href="/settings/users/${userId}/remove">${w.remove}</a>
  </form>`
}

function addForm(visit: Member): Html {
  const { words, form } = visit
  const w = words.settings.users
  const given = (name: string): string => form.fields.get(name) ?? ''
  return html`<section class="card half">
    <h2>${w.add}</h2>
    <form method="post" action="/settings/users">
      ${formField(visit)}
      <div class="field">
        <label for="name">${w.name}</label>
        <input id="name" name="name" required maxlength="${maxUserName}" autocomplete="off" value="${given('name')}" />
      </div>
      <div class="field">
        <label for="email">${w.email}</label>
        <input id="email" name="email" type="email" required autocomplete="off" value="${given('email')}" />
      </div>
      <fieldset>
        <legend>${w.role}</legend>
        ${[...roles]
          .reverse()
          .map(
            (role) =>
              html`<label class="choice"
                ><input type="radio" name="role" value="${role}" ${role === 'viewer' ? 'checked' : nothing} /><span
                  >${words.roles[role]}</span
                ><small>${words.roleHints[role]}</small></label
              >`,
          )}
      </fieldset>
      <button class="primary">${w.addButton}</button>
    </form>
  </section>`
}

export async function addUser(visit: Member): Promise<Response> {
  const { app, accountId, form, now } = visit
  try {
    const given = {
      email: parseEmail(form.fields.get('email') ?? ''),
      name: form.fields.get('name') ?? '',
      role: readRole(visit),
    }
    const { user, link } = await createUser(app.db, accountId, given, now)
    await note(visit, 'user.create', user, { role: user.role })
    return await linkPage(visit, user, link)
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof ConflictError) return showUsers(visit, error.message)
    throw error
  }
}

function readRole({ form }: Member): Role {
  const role = roles.find((one) => one === form.fields.get('role'))
  if (!role) throw new InvalidInputError('this role is none', 'role')
  return role
}

function userOf({ app, accountId, of }: Member): Promise<User> {
  const id = of('id')
  if (!/^\d{1,9}$/.test(id)) throw new NotFoundError('there is no such user')
  return getUser(app.db, accountId, Number(id))
}

async function note(
  visit: Member,
  action: AuditAction,
  { userId, name }: User,
  detail: Record<string, string> = {},
): Promise<void> {
  const { app, accountId, user, now } = visit
  await noteDeed(app.db, accountId, { by: user, action, subject: `user ${userId}`, detail: { name, ...detail } }, now)
}

export async function changeUserRole(visit: Member): Promise<Response> {
  const user = await userOf(visit)
  const role = readRole(visit)
  try {
    await changeRole(visit.app.db, visit.accountId, user.userId, role)
  } catch (error) {
    if (error instanceof ForbiddenError) return showUsers(visit, error.message)
    throw error
  }
  await note(visit, 'user.role', user, { role })
  return seeOther('/settings/users?done=role-changed')
}

export async function makeUserLink(visit: Member): Promise<Response> {
  const user = await userOf(visit)
  const link = await renewLink(visit.app.db, visit.accountId, user.userId, visit.now)
  await note(visit, 'user.link', user)
  return linkPage(visit, user, link)
}

export async function turnUserTotpOff(visit: Member): Promise<Response> {
  const user = await userOf(visit)
  await turnTotpOff(visit.app.db, user)
  await note(visit, 'user.totp-off', user)
  return seeOther('/settings/users?done=totp-off')
}

// Shown once, and kept by nobody.
async function linkPage(visit: Member, user: User, link: string): Promise<Response> {
  const { words } = visit
  const w = words.settings.users
  const address = `${publicAddress(visit)}/welcome?link=${link}`
  const body = html`${pageHead(w.linkTitle(user.name))}
    <section class="card">
      <p class="lead">${w.linkText}</p>
      <code class="secret" data-copy>${address}</code>
      <p class="actions spaced"><a class="button" href="/settings/users">${w.done}</a></p>
    </section>`
  const response = await renderPage(visit, { title: w.linkTitle(user.name), place: 'settings', body, isNarrow: true, crumbs: [[w.title, '/settings/users']] }) // oxfmt-ignore
  response.headers.set('cache-control', 'no-store')
  return response
}

export async function askRemoveUser(visit: Member): Promise<Response> {
  const { words } = visit
  const w = words.settings.users
  const { name } = await userOf(visit)
  const title = w.removeTitle(name)
  const body = confirmForm(visit, { title, text: w.removeText, button: w.remove, back: '/settings/users' })
  return renderPage(visit, { title, place: 'settings', body, isNarrow: true, crumbs: [[w.title, '/settings/users']] })
}

export async function removeOneUser(visit: Member): Promise<Response> {
  const user = await userOf(visit)
  try {
    await removeUser(visit.app.db, visit.accountId, user.userId)
  } catch (error) {
    if (error instanceof ForbiddenError) return showUsers(visit, error.message)
    throw error
  }
  await note(visit, 'user.remove', user)
  return seeOther(user.userId === visit.user.userId ? '/sign-in' : '/settings/users?done=user-removed')
}
