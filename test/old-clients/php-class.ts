// The PHP class that was copied most: it takes the third link of a feed for the next page if that says `next` (rule 3),
// an entry's first link for its address (rule 5), and stamps everything with the same made-up id and time (rule 11).

import type { Element } from '@xmldom/xmldom'
import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, ctct, elements } from './dom.ts'
import { account } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'
import { all, at, attribute, loadString, text } from './simple-xml.ts'

const id = 'urn:uuid:E8553C09F4xcvxCCC53F481214230867087'

export function phpClassClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (entry: Element): OldEntry => {
    const payload = elements(at(entry, 'content')!)[0]
    return {
      address: origin + attribute(all(entry, 'link')[0], 'href'),
      field: (path) => text(payload, ...path.split('/')),
    }
  }
  return {
    at: (path) => `${origin}${account}${path}`,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email)}`,
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: {
          Authorization: authorization,
          'Content-Type': body === undefined ? 'text/html' : 'application/atom+xml',
        },
        ...(body !== undefined && { body }),
      }),
    readPage(body) {
      const feed = loadString(body)
      const third = all(feed, 'link')[2]
      return {
        entries: all(feed, 'entry').map(entryOf),
        next: attribute(third, 'rel') === 'next' ? origin + attribute(third, 'href') : undefined,
      }
    },
    readEntry: (body) => entryOf(loadString(body)),
    newEntry: (payload, inside) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<entry xmlns="${atom}"><id>${id}</id><title type="text"/><updated>2011-01-01T10:00:00:123Z</updated>` +
      `<author/><content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}" id="${id}">${inside}</${payload}></content></entry>\n`,
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress><FirstName>${firstName}</FirstName><OptInTime>2009-11-19T14:48:41.761Z</OptInTime><OptInSource>${by}</OptInSource>` +
      `<ContactLists>${lists.map((list) => `<ContactList id="http://api.constantcontact.com${account}/lists/${list}"/>`).join('')}</ContactLists>`,
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
