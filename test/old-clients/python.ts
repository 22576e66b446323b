// Python of 2009: hrefs get the host put before them (rule 4), paging and ids go by regular expression, addresses are
// searched unencoded with an ampersand behind (rule 14), and the opt-out element has a capital O inside (3.2).

import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, ctct } from './dom.ts'
import { account, withLists } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'

const known =
  /<(Contact|ContactList|ContactListMember|Campaign|ReportsSummary|(Sent|Open|Click|Bounce|Forward|OptOut)Event) xmlns="[^"]*" id="([^"]*)">([^]*)<\/\1>/

export function pythonClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (text: string): OldEntry => {
    const payload = known.exec(text)
    if (!payload) throw new Error('no element it knows')
    return {
      address: origin + new URL(payload[3]!).pathname,
      field: (path) => path.split('/').reduce(innerText, payload[4]!),
    }
  }
  return {
    at: (path) => `${origin}${account}${path}`,
    searchFor: (email) => `/contacts?email=${email}&`,
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: {
          Authorization: authorization,
          ...(body !== undefined && { 'Content-Type': 'application/atom+xml' }),
        },
        ...(body !== undefined && { body }),
      }),
    readPage(text) {
      const next = /href="([^"]*\?next=[A-Za-z0-9-]+)" rel="next"/.exec(text)?.[1]
      const entries = text.split('<entry>').slice(1).map(entryOf)
      return { entries, next: next && origin + next }
    },
    readEntry: entryOf,
    newEntry: (payload, inside) =>
      `<?xml version="1.0"?><entry xmlns="${atom}"><title type="text"> </title><updated>2009-05-21T17:44:04-04:00</updated><author></author>` +
      `<id>data:,none</id><summary type="text">${payload}</summary><content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}">${inside}</${payload}></content></entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<EmailAddress>${email}</EmailAddress><FirstName>${firstName}</FirstName><OptInSource>${by}</OptInSource><ContactLists>` +
      `${lists.map((id) => `<ContactList id="http://api.constantcontact.com${account}/lists/${id}" />`).join('')}</ContactLists>`,
    // The entry as it was read, with `<source>` and all.
    edit(given, { firstName, by, lists }) {
      const text = lists === undefined ? given : withLists(given, lists)
      const named = firstName === undefined ? text : text.replace(/<FirstName>[^<]*/, `<FirstName>${firstName}`)
      return by === undefined ? named : named.replace('<Confirmed>', `<OptInSource>${by}</OptInSource><Confirmed>`)
    },
    isDone: (reply) => reply.status === 204,
  }
}

function innerText(text: string, name: string): string {
  const inside = new RegExp(`<${name}(?: [^>]*)?>([^]*?)</${name}>`).exec(text)?.[1]
  if (inside === undefined) throw new Error(`there is no ${name}`)
  return inside.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
