// Ruby with ActiveResource: the payload is the second child node of <content>, so white space must come first (rule 1).
// Ids are taken by their last segment (rule 6); what it sends says http and the old host whatever it was told.

import type { Element } from '@xmldom/xmldom'
import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, child, children, ctct, nextByRel, parse, textAt } from './dom.ts'
import { account } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'

export function activeResourceClient(network: Network): OldClient {
  const at = (path: string): string => `${network.origin}${account}${path}`
  const entryOf = (entry: Element): OldEntry => {
    const payload = child(entry, 'content').childNodes[1]
    if (payload?.nodeType !== 1) throw new Error('the second child node of content is no element')
    const [collection, last] = child(entry, 'id').textContent!.split('/').slice(-2)
    return { address: at(`/${collection}/${last}`), field: (path) => textAt(payload as Element, path) }
  }
  return {
    at,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email)}`,
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: {
          Authorization: authorization,
          Accept: 'application/atom+xml',
          'Content-Type': 'application/atom+xml',
        },
        ...(body !== undefined && { body }),
      }),
    readPage(text) {
      const feed = parse(text)
      const next = nextByRel(feed)
      return { entries: children(feed, 'entry').map(entryOf), next: next && network.origin + next }
    },
    readEntry: (text) => entryOf(parse(text)),
    newEntry: (payload, inside) =>
      `<entry xmlns="${atom}"><title type="text"> </title><updated>2009-07-07</updated><author></author><id>data:,none</id>` +
      `<summary type="text">${payload}</summary><content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}">${inside}</${payload}></content></entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress><FirstName>${firstName}</FirstName><OptInSource>${by}</OptInSource><ContactLists>` +
      `${lists.map((id) => `<ContactList id="http://api.constantcontact.com${account}/lists/${id}" />`).join('')}</ContactLists>`,
    edit(text, { firstName, by = 'ACTION_BY_CUSTOMER' }) {
      const contact = child(parse(text), 'content').childNodes[1] as Element
      const lists = [...text.matchAll(/<ContactList id="[^"]*\/lists\/(\d+)"/g)].map((match) => Number(match[1]))
      const inside = this.contact({
        email: textAt(contact, 'EmailAddress'),
        firstName: firstName ?? textAt(contact, 'FirstName'),
        lists: lists.length > 0 ? lists : [1],
        by,
      })
      return this.newEntry('Contact', inside)
    },
    isDone: (reply) => reply.status === 204,
  }
}
