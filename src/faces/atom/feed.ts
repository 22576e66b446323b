// The frame of a feed. The order of its children and links is what old clients go by (wire-2008 0.3, 0b, 1.6).

import type { Asked } from './asked.ts'
import { escapeAttribute, xml, Xml } from './xml.ts'
import { wireTime } from './wire-time.ts'

export interface Feed {
  title: string
  /** Path below the account, such as `/contacts/32/events/clicks`. */
  path: string
  /** Token of the next page; undefined on the last one. */
  next?: string | undefined
  /** Links after `next`, in their order; none for feeds that never page. */
  paging: readonly ('first' | 'current')[]
  entries: readonly Xml[]
}

export function renderFeed(asked: Asked, feed: Feed): Xml {
  const self = feed.path.slice(feed.path.lastIndexOf('/') + 1)
  const collection = asked.base + feed.path
  const links = { first: collection, current: asked.query === '' ? collection : `${collection}?${asked.query}` }
  return xml`<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${asked.idBase}${feed.path}</id>
  <title type="text">${feed.title}</title>
  <link href="${self}" />
  <link href="${self}" rel="self" />
  <author>
    <name>${asked.account.username}</name>
  </author>
  <updated>${wireTime(asked.now)}</updated>
${feed.next === undefined ? noXml : pagingLink(`${collection}?next=${feed.next}`, 'next')}${feed.paging.map((rel) => pagingLink(links[rel], rel))}${feed.entries}</feed>
`
}

/** The last part of a single entry: which collection it is from (wire-2008 1.5). */
export function renderSource(asked: Asked, path: string, title: string): Xml {
  const self = path.slice(path.lastIndexOf('/') + 1)
  return xml`  <source>
    <id>${asked.idBase}${path}</id>
    <title type="text">${title}</title>
    <link href="${self}" />
    <link href="${self}" rel="self" />
    <author>
      <name>${asked.account.username}</name>
    </author>
    <updated>${wireTime(asked.now)}</updated>
  </source>
`
}

export const noXml = new Xml('')

function pagingLink(href: string, rel: string): Xml {
  return new Xml(`  <link href="${escapeAttribute(href)}" rel="${rel}" />\n`)
}
