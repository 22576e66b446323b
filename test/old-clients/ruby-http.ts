// Ruby of 2010 on plain HTTP: it edits the entry's text by regular expressions and sends it back, finds
// <ContactLists> only without attributes, names lists by https, and waits for `Content-Length: 0` after a PUT (0b).

import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, ctct } from './dom.ts'
import { account } from './old-client.ts'
import type { ContactFields, OldClient, OldEntry } from './old-client.ts'

export function rubyHttpClient(network: Network): OldClient {
  const at = (path: string): string => `${network.origin}${account}${path}`
  const entryOf = (text: string): OldEntry => ({
    address: at(`/${/<id>[^<]*\/(\w+\/\d+)<\/id>/.exec(text)?.[1] ?? ''}`),
    field: (path) => path.split('/').reduce(innerText, text),
  })
  return {
    at,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email).toLowerCase()}`,
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: { Authorization: authorization, 'Content-Type': 'application/atom+xml' },
        ...(body !== undefined && { body }),
      }),
    readPage(text) {
      const next = /<link href="([^"]*)" rel="next" \/>/.exec(text)?.[1]
      const entries = [...text.matchAll(/<entry>[^]*?<\/entry>/g)].map(([entry]) => entryOf(entry))
      return { entries, next: next && network.origin + next }
    },
    readEntry: (text) => entryOf(text.replace(/<source>[^]*/, '')),
    newEntry: (payload, inside) =>
      `<entry xmlns="${atom}"><title type="text"> </title><updated>2010-01-13T18:09:48Z</updated><author></author><id>data:,none</id>` +
      `<summary type="text">${payload}</summary><content type="application/vnd.ctct+xml">\n<${payload} xmlns="${ctct}">${inside}</${payload}>\n</content></entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress>\n<OptInSource>${by}</OptInSource>\n<FirstName>${firstName}</FirstName>\n${listElements(lists)}`,
    edit(text, { firstName, lists, by }) {
      const found = /<ContactLists>[^]*<\/ContactLists>/
      if (!found.test(text)) throw new Error('there is no <ContactLists> to be found')
      return text
        .replace(found, (held) => (lists === undefined ? held : listElements(lists)))
        .replace(/<FirstName>[^<]*/, (held) => (firstName === undefined ? held : `<FirstName>${firstName}`))
        .replace('<EmailType>', by === undefined ? '<EmailType>' : `<OptInSource>${by}</OptInSource><EmailType>`)
    },
    isDone: (reply) => reply.status === 204 && reply.headers['content-length'] === '0',
  }
}

const listElements = (lists: ContactFields['lists']): string =>
  `<ContactLists>\n${lists.map((id) => `<ContactList id="https://api.constantcontact.com${account}/lists/${id}"></ContactList>\n`).join('')}</ContactLists>`

function innerText(text: string, name: string): string {
  const inside = new RegExp(`<${name}( [^>]*)?>([^]*?)</${name}>`).exec(text)?.[2]
  if (inside === undefined) throw new Error(`there is no ${name} to be found`)
  return inside.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
