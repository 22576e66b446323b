// /contacts/new and /contacts/{id}/edit: a contact's details and lists, as the account's owner writes them.

import { noteDeed } from '../../core/audit/audit.ts'
import { getContact } from '../../core/contacts/contact.ts'
import type { Contact, Profile, ProfileField } from '../../core/contacts/contact.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { maxFieldLength } from '../../core/contacts/field-length.ts'
import { completePlace, findCountry, findState } from '../../core/contacts/place.ts'
import { changeContact, createContact } from '../../core/contacts/write-contact.ts'
import type { ContactWrite } from '../../core/contacts/write-contact.ts'
import { listLists } from '../../core/lists/list.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { ConflictError, ForbiddenError, InvalidInputError } from '../../errors.ts'
import { contactIdOf } from './contact-query.ts'
import { maxListsShown } from './contacts.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'
import type { Words } from './words/words.ts'

/** Fields of the form, with what each is in the store and is called. */
const fields = [
  ['companyName', 'company'],
  ['jobTitle', 'job'],
  ['workPhone', 'phone'],
  ['addr1', 'street'],
  ['postalCode', 'postalCode'],
  ['city', 'city'],
  ['stateName', 'state'],
  ['countryName', 'country'],
] as const satisfies readonly [ProfileField, keyof Words['contacts']][]

interface Shown {
  contact: Pick<Contact, 'email' | 'firstName' | 'lastName' | 'emailType' | 'profile'>
  listIds: readonly number[]
}

export async function showNewContact(visit: Member): Promise<Response> {
  const list = Number(visit.query.get('list'))
  const contact = { email: '', firstName: '', lastName: '', emailType: 'html' as const, profile: {} }
  return formPage(visit, { contact, listIds: list > 0 ? [list] : [] })
}

export async function addContact(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  return refusable(visit, undefined, async () => {
    const write = readWrite(visit)
    const email = parseEmail(visit.form.fields.get('email') ?? '')
    if (!write.listIds?.length) throw new InvalidInputError(visit.words.contacts.needsList, 'ContactLists')
    const created = await createContact(app.db, accountId, { ...write, fields: { ...write.fields, email } }, now)
    const { contactId } = created
    await noteDeed(app.db, accountId, { by: user, action: 'contact.create', subject: `contact ${contactId}` }, now)
    return seeOther(`/contacts/${contactId}?done=contact-saved`)
  })
}

export async function showEditContact(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  const contact = await getContact(app.db, accountId, contactIdOf(visit))
  const memberships = await listMemberships(app.db, accountId, contact.contactId)
  return formPage(visit, { contact, listIds: memberships.map(({ listId }) => listId) }, contact)
}

export async function editContact(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  const contact = await getContact(app.db, accountId, contactIdOf(visit))
  const { contactId } = contact
  return refusable(visit, contact, async () => {
    const write = readWrite(visit)
    const email = parseEmail(visit.form.fields.get('email') ?? '')
    // Lists that the form does not show stay.
    const held = await listMemberships(app.db, accountId, contactId)
    const shown = new Set(visit.form.fields.getAll('shown').map(Number))
    const unseen = held.map(({ listId }) => listId).filter((listId) => !shown.has(listId))
    const listIds = [...(write.listIds ?? []), ...unseen]
    await changeContact(app.db, accountId, contactId, { ...write, listIds, fields: { ...write.fields, email } }, now)
    await noteDeed(app.db, accountId, { by: user, action: 'contact.change', subject: `contact ${contactId}` }, now)
    return seeOther(`/contacts/${contactId}?done=contact-saved`)
  })
}

// What is refused is shown again as it was typed.
async function refusable(visit: Member, held: Contact | undefined, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    const isRefusal = [InvalidInputError, ConflictError, ForbiddenError].some((kind) => error instanceof kind)
    if (!isRefusal) throw error
    const given = (name: string): string => visit.form.fields.get(name) ?? ''
    const profile = Object.fromEntries([...fields.map(([field]) => [field, given(field)]), ['note', given('note')]])
    const emailType = given('emailType') === 'text' ? ('text' as const) : ('html' as const)
    const contact = {
      email: given('email'),
      firstName: given('firstName'),
      lastName: given('lastName'),
      emailType,
      profile,
    }
    const message = held?.status === 'do-not-mail' ? visit.words.contacts.optedOut : (error as Error).message
    return formPage(visit, { contact, listIds: visit.form.fields.getAll('list').map(Number) }, held, message)
  }
}

function readWrite({ form, words }: Member): ContactWrite {
  const text = (field: string): string => {
    const value = (form.fields.get(field) ?? '').replaceAll('\0', '').replaceAll('\r\n', '\n').trim()
    const most = maxFieldLength(field)
    if (value.length > most) throw new InvalidInputError(`${labelOf(words, field)} is longer than ${most} characters`)
    return value
  }
  const state = findState(text('stateName'))
  const country = findCountry(text('countryName'))
  const profile: Profile = {
    ...Object.fromEntries(fields.map(([field]) => [field, text(field)])),
    stateCode: state?.stateCode ?? '',
    countryCode: country?.countryCode ?? '',
    note: text('note'),
  }
  return {
    by: 'customer',
    listIds: [...new Set(form.fields.getAll('list').map(Number))],
    fields: {
      firstName: text('firstName'),
      lastName: text('lastName'),
      emailType: form.fields.get('emailType') === 'text' ? 'text' : 'html',
      profile: completePlace(profile),
    },
  }
}

function labelOf({ contacts: w }: Words, field: string): string {
  const key = fields.find(([name]) => name === field)?.[1]
  if (key) return w[key]
  return field === 'firstName' ? w.firstName : field === 'lastName' ? w.lastName : w.note
}

async function formPage(visit: Member, shown: Shown, held?: Contact, complaint?: string): Promise<Response> {
  const { words } = visit
  const w = words.contacts
  const { contact, listIds } = shown
  const title = held ? w.editTitle(held.email) : w.newTitle
  const back = held ? `/contacts/${held.contactId}` : '/contacts'
  const body = html`${pageHead(title)} ${complaintNotice(complaint)}
    ${held?.status === 'do-not-mail' && complaint === undefined ? html`<p class="notice warn">${w.optedOut}</p>` : nothing}
    <form method="post" action="${visit.path}" class="card">
      ${formField(visit)} ${textField('email', w.email, contact.email, 254, 'type="email" required')}
      <div class="pair">
        ${textField('firstName', w.firstName, contact.firstName)} ${textField('lastName', w.lastName, contact.lastName)}
        ${fields.map(([field, key]) => textField(field, w[key], contact.profile[field] ?? ''))}
      </div>
      <div class="field">
        <label for="note">${w.note}</label>
        <textarea id="note" name="note" maxlength="${maxFieldLength('note')}">${contact.profile.note ?? ''}</textarea>
      </div>
      <div class="field">
        <label for="emailType">${w.format}</label>
        <select id="emailType" name="emailType">
          ${(['html', 'text'] as const).map(
            (type) =>
              html`<option value="${type}" ${type === contact.emailType ? 'selected' : nothing}>
                ${w.formats[type]}
              </option>`,
          )}
        </select>
      </div>
      ${await listChoices(visit, listIds)}
      <div class="actions">
        <button class="primary">${held ? words.save : w.create}</button>
        <a class="button" href="${back}">${words.cancel}</a>
      </div>
    </form>`
  const crumbs: [string, string][] = held ? [[w.title, '/contacts'], [held.email, back]] : [[w.title, '/contacts']] // oxfmt-ignore
  return renderPage(visit, { title, place: 'contacts', body, isNarrow: true, crumbs, status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function textField(name: string, label: string, value: string, maxLength = 50, more = ''): Html {
  const type = more.includes('email') ? 'email' : 'text'
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="off"
      maxlength="${maxLength}"
      value="${value}"
      ${more.includes('required') ? 'required' : nothing}
    />
  </div>`
}

/** A box to tick for each list. */
export async function listChoices(
  { app, accountId, words }: Member,
  chosen: readonly number[],
  legend?: string,
): Promise<Content> {
  const w = words.contacts
  const lists = await listLists(app.db, accountId, { limit: maxListsShown })
  return html`<fieldset>
    <legend>${legend ?? w.lists}</legend>
    ${
      lists.length === 0
        ? html`<p class="quiet">${w.noLists} <a href="/lists">${w.createList}</a></p>`
        : lists.map(
            ({ listId, name }) =>
              html`<input type="hidden" name="shown" value="${listId}" /><label class="choice"
                  ><input
                    type="checkbox"
                    name="list"
                    value="${listId}"
                    ${chosen.includes(listId) ? 'checked' : nothing}
                  /><span>${name}</span></label
                >`,
          )
    }
  </fieldset>`
}
