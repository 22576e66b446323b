// The frame of an entry that stands in a feed or by itself, for resources that look the same in both (wire-2008 0.5).

import type { Asked } from './asked.ts'
import { noXml, renderSource } from './feed.ts'
import { wireTime } from './wire-time.ts'
import { Xml, xml } from './xml.ts'

export type Place = 'in feed' | 'document'

export interface Entry {
  /** Of the edit link, below the account. */
  path: string
  /** Of the id, where it is another one. */
  idPath?: string
  title: string
  updated: number
  /** The payload, each of its lines beginning with `pad`. */
  payload: (pad: Xml) => Xml
  /** The collection it is from, named when the entry stands by itself. */
  source: { path: string; title: string }
}

export function renderEntry(asked: Asked, place: Place, entry: Entry): Xml {
  const isDocument = place === 'document'
  const p = new Xml(isDocument ? '' : '  ')
  const start = isDocument
    ? `<?xml version='1.0' encoding='UTF-8'?>\n<entry xmlns="http://www.w3.org/2005/Atom">`
    : '  <entry>'
  return xml`${new Xml(start)}
${p}  <link href="${asked.base}${entry.path}" rel="edit" />
${p}  <id>${asked.idBase}${entry.idPath ?? entry.path}</id>
${p}  <title type="text">${entry.title}</title>
${p}  <updated>${wireTime(entry.updated)}</updated>
${p}  <author>
${p}    <name>Constant Contact</name>
${p}  </author>
${p}  <content type="application/vnd.ctct+xml">
${entry.payload(new Xml(`${p.text}    `))}${p}  </content>
${isDocument ? renderSource(asked, entry.source.path, entry.source.title) : noXml}${p}</entry>
`
}
