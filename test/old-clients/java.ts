// Java of 2008: Commons HttpClient 3.1 and a namespace-aware DOM, as in the documentation's own sample.
// It sends credentials only after a challenge (rule 9), and takes text for Latin-1 where no charset is named (0b).

import type { Element } from '@xmldom/xmldom'
import { sendWhenChallenged } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, child, children, ctct, elements, nextByRel, parse, textAt } from './dom.ts'
import { account, withLists } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'

export function javaClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (entry: Element): OldEntry => {
    const payload = elements(child(entry, 'content'))[0]!
    return { address: idPath(origin, child(entry, 'id').textContent!), field: (path) => textAt(payload, path) }
  }
  return {
    at: (path) => `${origin}${account}${path}`,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email)}`,
    async ask(method, address, body) {
      const type = body === undefined ? {} : { 'Content-Type': 'application/atom+xml; charset=UTF-8' }
      const reply = await sendWhenChallenged(network, method, address, { headers: type, ...(body && { body }) })
      const isLatin = reply.body !== '' && !/charset=utf-8/i.test(reply.headers['content-type'] ?? '')
      return isLatin ? { ...reply, body: Buffer.from(reply.body).toString('latin1') } : reply
    },
    readPage(text) {
      const feed = parse(text)
      const next = nextByRel(feed)
      return { entries: children(feed, 'entry').map(entryOf), next: next && origin + next }
    },
    readEntry: (text) => entryOf(parse(text)),
    // The documentation's least body (2.4).
    newEntry: (payload, inside) => `<entry xmlns="${atom}">
  <title type="text"> </title>
  <updated>2008-07-23T14:21:06.407Z</updated>
  <author></author>
  <id>data:,none</id>
  <summary type="text">Contact</summary>
  <content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}">${inside}</${payload}></content>
</entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress><FirstName>${firstName}</FirstName><OptInSource>${by}</OptInSource>` +
      `<ContactLists>${lists.map((id) => `<ContactList id="http://api.constantcontact.com${account}/lists/${id}" />`).join('')}</ContactLists>`,
    edit(given, { firstName, by, lists }) {
      const text = lists === undefined ? given : withLists(given, lists)
      const named = firstName === undefined ? text : text.replace(/(<FirstName>)[^<]*/, `$1${firstName}`)
      return by === undefined ? named : named.replace('<EmailType>', `<OptInSource>${by}</OptInSource><EmailType>`)
    },
    isDone: (reply) => reply.status === 204,
  }
}

const idPath = (origin: string, id: string): string => origin + new URL(id).pathname
