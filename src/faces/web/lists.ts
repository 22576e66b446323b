// /lists and /lists/{id}: the lists, and one of them with who is on it.

import { noteDeed } from '../../core/audit/audit.ts'
import type { AuditAction } from '../../core/audit/audit.ts'
import { listEngagedContacts } from '../../core/contacts/engaged-contacts.ts'
import { countMembers, getList, listLists } from '../../core/lists/list.ts'
import type { List } from '../../core/lists/list.ts'
import { changeList, createList, deleteList } from '../../core/lists/write-list.ts'
import { isAllowed } from '../../core/users/user.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { contactTabs } from './contact-tabs.ts'
import { contactTable, maxListsShown } from './contacts.ts'
import { confirmForm } from './confirm.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'

/** Names as long as the 2008 wire takes them. */
const maxListName = 200
const membersShown = 25

export async function showLists(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.contacts
  const lists = await listLists(app.db, accountId, { limit: maxListsShown })
  const counts = new Map<number, number>()
  for (const { listId } of lists) counts.set(listId, await countMembers(app.db, accountId, listId))
  const body = html`${pageHead(w.listsTitle, w.listsLead)} ${contactTabs(visit, 'lists')} ${complaintNotice(complaint)}
    <div class="columns">
      <div class="card flush">${lists.length === 0 ? noLists(visit) : listTable(visit, lists, counts)}</div>
      ${isAllowed(user.role, 'write') ? newListForm(visit) : nothing}
    </div>`
  return renderPage(visit, {
    title: w.listsTitle,
    place: 'contacts',
    body,
    status: complaint === undefined ? 200 : 400,
  })
}

function noLists({ words }: Member): Html {
  return html`<div class="empty">
    ${icon('lists')}
    <h2>${words.contacts.listEmpty}</h2>
    <p>${words.contacts.listEmptyText}</p>
  </div>`
}

function listTable({ words }: Member, lists: readonly List[], counts: ReadonlyMap<number, number>): Html {
  const w = words.contacts
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${w.listColumns.name}</th>
        <th scope="col" class="number">${w.listColumns.members}</th>
        <th scope="col" class="wide-only">${w.listColumns.offered}</th>
      </tr>
    </thead>
    <tbody>
      ${lists.map(
        ({ listId, name, isOptInDefault }) =>
          html`<tr>
            <th scope="row"><a href="/lists/${listId}">${name}</a></th>
            <td class="number" data-label="${w.listColumns.members}">
              <a href="/contacts?list=${listId}">${formatCount(counts.get(listId) ?? 0)}</a>
            </td>
            <td class="wide-only quiet">${isOptInDefault ? w.yes : w.no}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function newListForm(visit: Member): Html {
  const w = visit.words.contacts
  return html`<section class="card">
    <h2>${w.newList}</h2>
    <form method="post" action="/lists">
      ${formField(visit)} ${listFields(visit, { name: visit.form.fields.get('name') ?? '', isOptInDefault: false })}
      <button class="primary">${w.createList}</button>
    </form>
  </section>`
}

function listFields({ words }: Member, { name, isOptInDefault }: Pick<List, 'name' | 'isOptInDefault'>): Content {
  const w = words.contacts
  return html`<div class="field">
      <label for="list-name">${w.listName}</label>
      <input id="list-name" name="name" required maxlength="${maxListName}" value="${name}" autocomplete="off" />
    </div>
    <label class="choice"
      ><input type="checkbox" name="offered" ${isOptInDefault ? 'checked' : nothing} /><span
        >${w.isDefault}</span
      ></label
    >`
}

function readName({ form }: Member): string {
  const name = (form.fields.get('name') ?? '').replace(/[\0\s]+/g, ' ').trim()
  if (name === '' || name.length > maxListName)
    throw new InvalidInputError(`a name has 1 to ${maxListName} characters`, 'name')
  return name
}

export async function addList(visit: Member): Promise<Response> {
  const { app, accountId, form, now } = visit
  try {
    const fields = { name: readName(visit), isOptInDefault: form.fields.has('offered'), sortOrder: 0 }
    const { listId } = await createList(app.db, accountId, fields, now)
    return await done(visit, listId, 'list.create', 'list-created')
  } catch (error) {
    if (error instanceof ConflictError || error instanceof InvalidInputError) return showLists(visit, error.message)
    throw error
  }
}

function listIdOf({ of }: Member): number {
  const text = of('id')
  if (!/^\d{1,15}$/.test(text)) throw new NotFoundError('there is no such list')
  return Number(text)
}

export async function showList(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.contacts
  const list = await getList(app.db, accountId, listIdOf(visit))
  const count = await countMembers(app.db, accountId, list.listId)
  const { contacts } = await listEngagedContacts(app.db, accountId, { listId: list.listId, limit: membersShown })
  const body = html`${pageHead(list.name, `${formatCount(count)} ${w.members.toLowerCase()}`)}
    ${complaintNotice(complaint)}
    <div class="columns">
      <section class="card flush" aria-labelledby="members">
        <div class="bar">
          <h2 id="members">${w.listMembers}</h2>
          <a class="button tight" href="/contacts?list=${list.listId}">${w.tabs.all}</a>
        </div>
        ${contacts.length === 0 ? noMembers(visit) : contactTable(visit, contacts)}
      </section>
      ${isAllowed(user.role, 'write') ? listSettings(visit, list) : nothing}
    </div>`
  return renderPage(visit, { title: list.name, place: 'contacts', body, crumbs: [[w.listsTitle, '/lists']], status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function noMembers({ words, user }: Member): Html {
  const w = words.contacts
  return html`<div class="empty">
    ${icon('lists')}
    <h3>${w.noMembers}</h3>
    <p>${w.noMembersText}</p>
    ${isAllowed(user.role, 'write') ? html`<p class="actions"><a class="button" href="/imports/new">${icon('import')}${w.import}</a></p>` : nothing}
  </div>`
}

function listSettings(visit: Member, list: List): Html {
  const w = visit.words.contacts
  return html`<section class="card">
    <h2>${w.listSettings}</h2>
    <form method="post" action="/lists/${list.listId}">
      ${formField(visit)} ${listFields(visit, list)}
      <div class="actions">
        <button>${visit.words.save}</button>
        <a class="button plain danger" href="/lists/${list.listId}/delete">${w.deleteList}</a>
      </div>
    </form>
  </section>`
}

export async function editList(visit: Member): Promise<Response> {
  const { app, accountId, form } = visit
  const listId = listIdOf(visit)
  try {
    const fields = { name: readName(visit), isOptInDefault: form.fields.has('offered') }
    await changeList(app.db, accountId, listId, fields)
    return await done(visit, listId, 'list.change', 'list-saved')
  } catch (error) {
    if (error instanceof ConflictError || error instanceof InvalidInputError) return showList(visit, error.message)
    throw error
  }
}

async function done(visit: Member, listId: number, action: AuditAction, word: string): Promise<Response> {
  const { app, accountId, user, now } = visit
  await noteDeed(app.db, accountId, { by: user, action, subject: `list ${listId}` }, now)
  return seeOther(`${action === 'list.delete' ? '/lists' : `/lists/${listId}`}?done=${word}`)
}

export async function askDeleteList(visit: Member): Promise<Response> {
  const { app, accountId, words } = visit
  const w = words.contacts
  const { listId, name } = await getList(app.db, accountId, listIdOf(visit))
  const title = w.deleteListTitle(name)
  const body = confirmForm(visit, {
    title,
    text: w.deleteListText(formatCount(await countMembers(app.db, accountId, listId))),
    button: w.deleteList,
    back: `/lists/${listId}`,
  })
  return renderPage(visit, { title, place: 'contacts', body, isNarrow: true, crumbs: [[w.listsTitle, '/lists'], [name, `/lists/${listId}`]] }) // oxfmt-ignore
}

export async function removeList(visit: Member): Promise<Response> {
  const listId = listIdOf(visit)
  await deleteList(visit.app.db, visit.accountId, listId, visit.now)
  return done(visit, listId, 'list.delete', 'list-deleted')
}
