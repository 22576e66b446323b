// The official PHP library of 2011: SimpleXML over default namespaces (rule 2), the first link of an entry as its edit
// address and nothing but its path (rules 4, 5), addresses in searches unencoded (rule 14), events by element name.

import type { Element } from '@xmldom/xmldom'
import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, ctct } from './dom.ts'
import { account } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'
import { all, at, attribute, loadString, text } from './simple-xml.ts'

/** Payloads it looks for, each by its name; the opt-out with a small o inside (3.2). */
const known =
  'Contact ContactList ContactListMember Campaign ReportsSummary SentEvent OpenEvent ClickEvent BounceEvent ForwardEvent OptoutEvent'.split(
    ' ',
  )

export function phpOfficialClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (entry: Element): OldEntry => {
    const payload = known.map((name) => at(entry, 'content', name)).find(Boolean)
    if (!payload) throw new Error('no element it knows')
    return {
      address: origin + attribute(at(entry, 'link'), 'href'),
      field: (path) => text(payload, ...path.split('/')),
    }
  }
  return {
    at: (path) => `${origin}${account}${path}`,
    searchFor: (email) => `/contacts?email=${email}`,
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: {
          Authorization: authorization,
          'Content-Type': 'application/atom+xml',
          Accept: 'application/atom+xml',
        },
        ...(body !== undefined && { body }),
      }),
    readPage(body) {
      const feed = loadString(body)
      const next = all(feed, 'link').find((link) => attribute(link, 'rel') === 'next')
      return { entries: all(feed, 'entry').map(entryOf), next: next && origin + attribute(next, 'href') }
    },
    readEntry: (body) => entryOf(loadString(body)),
    newEntry: (payload, inside) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<entry xmlns="${atom}"><title type="text">${payload}</title><updated>2011-04-25T13:53:04.243Z</updated>` +
      `<author/><id>http://api.constantcontact.com${account}/campaigns/0</id><content type="application/vnd.ctct+xml">` +
      `<${payload} xmlns="${ctct}" id="/ws/customers/joesflowers/0">${inside}</${payload}></content></entry>\n`,
    // Every element it knows, empty or not (0.12).
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress><EmailType>HTML</EmailType><FirstName>${firstName}</FirstName><MiddleName/><JobTitle/>` +
      `<OptInSource>${by}</OptInSource><CustomField1/><CustomField15/><ContactLists>` +
      `${lists.map((list) => `<ContactList id="http://api.constantcontact.com${account}/lists/${list}"/>`).join('')}</ContactLists>`,
    edit(body, { firstName, lists, by = 'ACTION_BY_CUSTOMER' }) {
      const contact = at(loadString(body), 'content', 'Contact')
      const held = all(at(contact, 'ContactLists'), 'ContactList').map((list) =>
        attribute(list, 'id').split('/').at(-1),
      )
      const inside = this.contact({
        email: text(contact, 'EmailAddress'),
        firstName: firstName ?? text(contact, 'FirstName'),
        lists: lists ?? (held.length > 0 ? held.map(Number) : [1]),
        by,
      })
      return this.newEntry('Contact', inside)
    },
    isDone: (reply) => reply.status === 204,
  }
}
