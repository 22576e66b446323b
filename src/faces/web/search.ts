// GET /search: contacts by the beginning of an address or a name, or by id; and /search/names, the same for the box on every
// page while somebody types.

import { searchContacts } from '../../core/contacts/search-contacts.ts'
import type { Member as ListMember } from '../../core/lists/membership.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { pageHead, renderPage } from './layout.ts'
import { fullName, initials, toneOf } from './person.ts'
import { respond, seeOther } from './respond.ts'
import type { Member } from './visit.ts'

const namesWhileTyping = 8
const namesOnPage = 50

export async function showSearch(visit: Member): Promise<Response> {
  const { app, accountId, query, words } = visit
  const text = (query.get('q') ?? '').trim()
  const { contacts: found } = await searchContacts(app.db, accountId, text, { limit: namesOnPage })
  const only = found.length === 1 ? found[0] : undefined
  // Who is meant beyond doubt is shown at once.
  if (only && (only.email === text.toLowerCase() || String(only.contactId) === text))
    return seeOther(`/contacts/${only.contactId}`)
  const w = words.search
  const body = html`${pageHead(w.title, text === '' ? w.tip : w.results(text))}
    <div class="card flush">${found.length === 0 ? nobody(visit, text) : personTable(visit, found)}</div>`
  return renderPage(visit, { title: w.title, place: 'contacts', body })
}

function nobody({ words }: Member, text: string): Html {
  return html`<div class="empty">
    ${icon('search')}
    <h2>${words.search.none}</h2>
    <p>${text === '' ? words.search.tip : words.search.nothing(text)}</p>
  </div>`
}

/** Contacts by name and address, each with a way to its page. */
function personTable({ words }: Member, people: readonly ListMember[]): Html {
  const { fields } = words.contact
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${fields.name}</th>
          <th scope="col" class="number">Id</th>
        </tr>
      </thead>
      <tbody>
        ${people.map(
          (person) =>
            html`<tr>
              <th scope="row">${personCell(person)}</th>
              <td class="number quiet" data-label="Id">${person.contactId}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

export function personCell(person: Omit<ListMember, 'contactId'> & { contactId: number }): Html {
  const name = fullName(person)
  return html`<div class="person">
    <span class="face t${toneOf(person.email)}" aria-hidden="true">${initials(name || person.email)}</span>
    <span
      ><a href="/contacts/${person.contactId}">${name || person.email}</a>${
        name ? html`<span class="quiet">${person.email}</span>` : ''
      }</span
    >
  </div>`
}

export async function findNames(visit: Member): Promise<Response> {
  const { app, accountId, query } = visit
  const typed = query.get('q') ?? ''
  const { contacts: found } = await searchContacts(app.db, accountId, typed, { limit: namesWhileTyping })
  const people = found.map((person) => ({
    id: person.contactId,
    email: person.email,
    name: fullName(person),
    initials: initials(fullName(person) || person.email),
    tone: toneOf(person.email),
  }))
  return respond(visit, JSON.stringify(people), { type: 'application/json' })
}
