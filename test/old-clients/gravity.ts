// A WordPress plug-in: any body at all behind a PUT is a failure (rule 8); the next page is the decoded link cut at the
// user name (1.6); http in an id becomes the scheme and host it calls (rule 6).

import type { Element } from '@xmldom/xmldom'
import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { elements } from './dom.ts'
import { account } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'
import { phpClassClient } from './php-class.ts'
import { all, at, attribute, loadString, text } from './simple-xml.ts'

const user = 'joesflowers'

export function gravityClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (entry: Element): OldEntry => ({
    address: text(entry, 'id').replace(/^http:\/\/[^/]*/, origin),
    field: (path) => text(elements(at(entry, 'content')!)[0], ...path.split('/')),
  })
  return {
    // It began as a copy of the class, and writes as that does.
    ...phpClassClient(network),
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: { Authorization: authorization, 'Content-Type': 'application/atom+xml' },
        ...(body !== undefined && { body }),
      }),
    readPage(body) {
      const feed = loadString(body)
      const link = all(feed, 'link').find((element) => attribute(element, 'rel') === 'next')
      const href = decodeURIComponent(attribute(link, 'href'))
      const rest = href.slice(href.indexOf(user) + user.length)
      return { entries: all(feed, 'entry').map(entryOf), next: link && `${origin}${account}${rest}` }
    },
    readEntry: (body) => entryOf(loadString(body)),
    isDone: (reply) => reply.body === '',
  }
}
