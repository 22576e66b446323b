// GET /contacts: all contacts, or those of a status, of a list, or that did something or nothing for a while.

import { contactStatuses } from '../../core/contacts/contact.ts'
import { engagements, listEngagedContacts } from '../../core/contacts/engaged-contacts.ts'
import type { EngagementFilter, EngagedContact, EngagedPage } from '../../core/contacts/engaged-contacts.ts'
import { listLists } from '../../core/lists/list.ts'
import type { List } from '../../core/lists/list.ts'
import { isAllowed } from '../../core/users/user.ts'
import { contactTabs } from './contact-tabs.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { pageHead, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { personCell } from './search.ts'
import { agoElement, timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 50
/** More than anybody chooses from in a field. */
export const maxListsShown = 500
const day = 86_400_000
const periods = ['7', '30', '90', '365', 'ever'] as const

interface Asked {
  filter: Omit<EngagementFilter, 'limit' | 'before'>
  period: (typeof periods)[number]
  before: number | undefined
}

function parseFilter({ query, now }: Member): Asked {
  const period = periods.find((one) => one === query.get('when')) ?? 'ever'
  return {
    period,
    before: parseId(query.get('before')),
    filter: {
      status: contactStatuses.find((status) => status === query.get('status')),
      listId: parseId(query.get('list')),
      engagement: engagements.find((engagement) => engagement === query.get('did')),
      since: period === 'ever' ? undefined : now - Number(period) * day,
    },
  }
}

function parseId(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

export async function showContacts(visit: Member): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.contacts
  const asked = parseFilter(visit)
  const { filter, before } = asked
  const lists = await listLists(app.db, accountId, { limit: maxListsShown })
  const page = await listEngagedContacts(app.db, accountId, { ...filter, before, limit: perPage })
  const actions = isAllowed(user.role, 'write')
    ? html`<a class="button" href="/imports/new">${icon('import')}${w.import}</a>
        <a class="button primary" href="/contacts/new">${icon('plus')}${w.add}</a>`
    : undefined
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  const body = html`${pageHead(w.title, undefined, actions)} ${contactTabs(visit, 'all')}
    <div class="card flush">
      <div class="bar">${filterForm(visit, asked, lists)}</div>
      ${
        page.contacts.length === 0 && page.next === undefined
          ? nobody(visit, isFiltered || before !== undefined)
          : contactTable(visit, page.contacts)
      }
      ${pager(visit, asked, page)}
    </div>`
  return renderPage(visit, { title: w.title, place: 'contacts', body })
}

function filterForm({ words }: Member, { filter, period }: Asked, lists: readonly List[]): Html {
  const w = words.contacts
  const choice = (name: string, label: string, held: string, options: readonly (readonly [string, string])[]): Html =>
    html`<label
      >${label}
      <select name="${name}">
        ${options.map(([value, text]) => html`<option value="${value}" ${value === held ? 'selected' : nothing}>${text}</option>`)}
      </select></label
    >`
  const statuses = contactStatuses.map((status) => [status, words.contact.statuses[status]] as const)
  return html`<form class="filters" action="/contacts" data-filters>
    ${choice('status', w.filterStatus, filter.status ?? '', [['', w.any], ...statuses])}
    ${choice('list', w.filterList, String(filter.listId ?? ''), [
      ['', w.any],
      ...lists.map(({ listId, name }) => [String(listId), name] as const),
    ])}
    ${choice('did', w.filterEngagement, filter.engagement ?? '', [
      ['', w.anything],
      ...engagements.map((one) => [one, w.engagements[one]] as const),
    ])}
    ${choice(
      'when',
      w.filterPeriod,
      period,
      periods.map((one) => [one, w.periods[one]!] as const),
    )}
    <button>${w.apply}</button>
    ${
      Object.values(filter).some((value) => value !== undefined)
        ? html`<a class="button plain" href="/contacts">${w.clear}</a>`
        : nothing
    }
  </form>`
}

export function contactTable(visit: Member, contacts: readonly EngagedContact[]): Html {
  const { words } = visit
  const w = words.contacts.columns
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.contact}</th>
          <th scope="col">${w.status}</th>
          <th scope="col" class="wide-only">${w.opened}</th>
          <th scope="col" class="wide-only">${w.clicked}</th>
          <th scope="col" class="wide-only">${w.added}</th>
        </tr>
      </thead>
      <tbody>
        ${contacts.map((contact) => contactRow(visit, contact))}
      </tbody>
    </table>
  </div>`
}

const tones = { active: 'good', unconfirmed: 'warn', removed: '', 'do-not-mail': 'bad' } as const

function contactRow({ words, now, look }: Member, contact: EngagedContact): Html {
  const ago = (at: number | undefined): Content =>
    at === undefined ? html`<span class="quiet">–</span>` : agoElement(at, now)
  return html`<tr>
    <th scope="row">${personCell(contact)}</th>
    <td><span class="badge ${tones[contact.status]}">${words.contact.statuses[contact.status]}</span></td>
    <td class="wide-only">${ago(contact.openedAt)}</td>
    <td class="wide-only">${ago(contact.clickedAt)}</td>
    <td class="wide-only quiet">${timeElement(contact.createdAt, look.zone, 'date')}</td>
  </tr>`
}

function nobody({ words, user }: Member, isFiltered: boolean): Html {
  const w = words.contacts
  if (isFiltered)
    return html`<div class="empty">
      ${icon('search')}
      <h2>${w.noMatch}</h2>
      <p>${w.noMatchText}</p>
      <p class="actions"><a class="button" href="/contacts">${w.clear}</a></p>
    </div>`
  return html`<div class="empty">
    ${icon('contacts')}
    <h2>${w.none}</h2>
    <p>${w.noneText}</p>
    ${
      isAllowed(user.role, 'write')
        ? html`<p class="actions">
            <a class="button primary" href="/imports/new">${icon('import')}${w.import}</a>
            <a class="button" href="/contacts/new">${icon('plus')}${w.add}</a>
          </p>`
        : nothing
    }
  </div>`
}

function pager({ words }: Member, { filter, period, before }: Asked, page: EngagedPage): Content {
  const w = words.contacts
  const link = (at: number | undefined): string => {
    const { status, listId, engagement } = filter
    const given = { status, list: listId, did: engagement, when: period === 'ever' ? undefined : period, before: at }
    const parts = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
    return parts.length === 0 ? '/contacts' : `/contacts?${new URLSearchParams(parts).toString()}`
  }
  if (page.next === undefined && before === undefined && !filter.engagement) return nothing
  return html`<nav class="pager" aria-label="${words.next}">
    <span
      >${filter.engagement ? `${w.looked(formatCount(page.examined), page.contacts.length)} ${w.peopleNote}` : nothing}</span
    >
    <span class="actions">
      ${before === undefined ? nothing : html`<a class="button tight" href="${link(undefined)}">${words.first}</a>`}
      ${
        page.next === undefined
          ? nothing
          : html`<a class="button tight" rel="next" href="${link(page.next)}"
              >${page.contacts.length < perPage ? w.goOn : words.next}</a
            >`
      }
    </span>
  </nav>`
}
