// Perl: every address it is given is lower-cased whole, the query included (rule 7); http in ids becomes https where it
// calls https (rule 6); statuses are compared exactly (rule 8); read-only fields and a second OptInSource come back (rule 12).

import type { Element } from '@xmldom/xmldom'
import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, child, children, ctct, elements, nextByRel, parse, textAt } from './dom.ts'
import { account } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'

export function perlClient(network: Network): OldClient {
  const { origin } = network
  const scheme = new URL(origin).protocol
  const entryOf = (entry: Element): OldEntry => ({
    address: child(entry, 'id').textContent!.replace(/^http:/, scheme),
    field: (path) => textAt(elements(child(entry, 'content'))[0]!, path),
  })
  return {
    // As its user typed the name, not as the account has it.
    at: (path) => `${origin}${account.replace('joes', 'Joes')}${path}`,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email)}`,
    ask: (method, address, body) =>
      send(network, method, address.toLowerCase(), {
        headers: {
          Authorization: authorization,
          ...(body !== undefined && { 'Content-Type': 'application/atom+xml' }),
        },
        ...(body !== undefined && { body }),
      }),
    readPage(text) {
      const feed = parse(text)
      const next = nextByRel(feed)
      return { entries: children(feed, 'entry').map(entryOf), next: next && origin + next }
    },
    readEntry: (text) => entryOf(parse(text)),
    newEntry: (payload, inside) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<entry xmlns="${atom}"><id>data:,none</id><title type="text"></title><updated>2011-01-01T10:00:00Z</updated>` +
      `<author></author><content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}">${inside}</${payload}></content></entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<id>data:,none</id><Status></Status><EmailAddress>${email}</EmailAddress><EmailType></EmailType><Name></Name><OptInTime></OptInTime>` +
      `<OptInSource>${by}</OptInSource><FirstName>${firstName}</FirstName><Confirmed></Confirmed><InsertTime></InsertTime><LastUpdateTime></LastUpdateTime>` +
      `<ContactLists>${lists.map((id) => `<ContactList id="${origin}${account}/lists/${id}"></ContactList>`).join('')}</ContactLists><OptInSource>${by}</OptInSource>`,
    edit(text, { firstName, lists, by = 'ACTION_BY_CUSTOMER' }) {
      const entry = parse(text)
      const contact = child(child(entry, 'content'), 'Contact', ctct)
      const held = elements(child(contact, 'ContactLists', ctct)).map((list) =>
        Number(list.getAttribute('id')!.split('/').at(-1)),
      )
      const fields = elements(contact)
        .filter((element) => element.tagName !== 'ContactLists')
        .map(
          ({ tagName, textContent }) =>
            `<${tagName}>${(tagName === 'FirstName' && firstName) || textContent}</${tagName}>`,
        )
      const lines = (lists ?? (held.length > 0 ? held : [1])).map(
        (id) => `<ContactList id="${origin}${account}/lists/${id}"/>`,
      )
      const inside = `${fields.reverse().join('')}<OptInSource>${by}</OptInSource><ContactLists>${lines.join('')}</ContactLists><OptInSource>${by}</OptInSource>`
      return this.newEntry('Contact', inside)
    },
    isDone: (reply) => reply.status === 204,
  }
}
