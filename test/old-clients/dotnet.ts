// .NET: HttpWebRequest with a CredentialCache, so no credentials before a challenge (rule 9) and `Expect: 100-continue`
// before every body; both namespaces are checked; dates are parsed wherever there is an element (0b).

import type { Element } from '@xmldom/xmldom'
import { sendWhenChallenged } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, child, children, ctct, elements, nextByRel, parse, textAt } from './dom.ts'
import { account, withLists } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'

export function dotnetClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (entry: Element): OldEntry => {
    const [payload] = elements(child(entry, 'content'))
    if (payload?.namespaceURI !== ctct) throw new Error(`the payload is in ${payload?.namespaceURI}`)
    for (const element of elements(payload)) if (/(Date|Time)$/.test(element.tagName)) parseDate(element)
    return { address: origin + idPath(child(entry, 'id').textContent!), field: (path) => textAt(payload, path) }
  }
  return {
    at: (path) => `${origin}${account}${path}`,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email)}`,
    ask: (method, address, body) =>
      sendWhenChallenged(network, method, address, {
        headers: { 'Content-Type': 'application/atom+xml', ...(body !== undefined && { Expect: '100-continue' }) },
        ...(body !== undefined && { body }),
      }),
    readPage(text) {
      const feed = parse(text)
      if (feed.namespaceURI !== atom) throw new Error(`the feed is in ${feed.namespaceURI}`)
      const next = nextByRel(feed)
      return { entries: children(feed, 'entry').map(entryOf), next: next && origin + next }
    },
    readEntry: (text) => entryOf(parse(text)),
    newEntry: (payload, inside) =>
      `<?xml version="1.0" encoding="utf-8" standalone="yes"?><entry xmlns="${atom}"><title type="text"></title>` +
      `<updated>2010-04-21T18:35:34.279Z</updated><author></author><id>data:,none</id><summary type="text">${payload}</summary>` +
      `<content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}">${inside}</${payload}></content></entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress><OptInSource>${by}</OptInSource><FirstName>${firstName}</FirstName><ContactLists>` +
      `${lists.map((id) => `<ContactList id="${origin}${account}/lists/${id}"></ContactList>`).join('')}</ContactLists>`,
    // A contact that was Do Not Mail is always sent as if it asked itself (2.5).
    edit(given, { firstName, by, lists }) {
      const text = lists === undefined ? given : withLists(given, lists)
      const itself = by ?? (text.includes('<Status>Do Not Mail<') ? 'ACTION_BY_CONTACT' : 'ACTION_BY_CUSTOMER')
      const named = firstName === undefined ? text : text.replace(/(<FirstName>)[^<]*/, `$1${firstName}`)
      return named.replace('</Contact>', `<OptInSource>${itself}</OptInSource></Contact>`)
    },
    isDone: (reply) => reply.status === 204,
  }
}

function parseDate(element: Element): void {
  if (Number.isNaN(Date.parse(element.textContent ?? '')))
    throw new Error(`${element.tagName} is no date: "${element.textContent}"`)
}

const idPath = (id: string): string => new URL(id).pathname
