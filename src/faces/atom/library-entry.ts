// Folders and images as the Library's own dialect writes them: an `atom:` prefix, payloads in no namespace, `tag:` ids,
// times with an offset (wire-2008 8.2).

import type { Folder } from '../../core/library/folder.ts'
import { publicPath } from '../../core/library/image.ts'
import type { Image, ImageUsage } from '../../core/library/image.ts'
import type { Asked } from './asked.ts'
import type { Place } from './entry.ts'
import { noXml } from './feed.ts'
import { wireTime } from './wire-time.ts'
import { Xml, xml } from './xml.ts'

export const foldersPath = '/library/folders'

export function imagesPath(folderId: number): string {
  return `${foldersPath}/${folderId}/images`
}

export interface LibraryFeed {
  title: string
  /** Below the account. */
  path: string
  /** Token of the next page; undefined on the last one. */
  next: string | undefined
  entries: readonly Xml[]
}

export function renderLibraryFeed(asked: Asked, { title, path, next, entries }: LibraryFeed): Xml {
  return xml`${declaration}
<atom:feed xmlns:atom="http://www.w3.org/2005/Atom">
  <atom:title>${title}</atom:title>
  <atom:updated>${offsetTime(asked.now)}</atom:updated>
  <atom:id>${tagOf(asked, path)}</atom:id>
${next === undefined ? noXml : xml`  <atom:link rel="next" href="${asked.base}${path}?next=${next}"/>\n`}${entries}</atom:feed>
`
}

export function renderFolder(asked: Asked, folder: Folder, place: Place): Xml {
  const path = `${foldersPath}/${folder.folderId}`
  return renderLibraryEntry(asked, place, {
    path,
    title: folder.name,
    updated: folder.createdAt,
    payload: (p) => xml`${p}<Folder id="${tagOf(asked, path)}">
${p}  <Name>${folder.name}</Name>
${p}</Folder>
`,
  })
}

/** `usages` are told of a single image only. */
export function renderImage(asked: Asked, folder: Folder, image: Image, place: Place, usages?: ImageUsage[]): Xml {
  const folderPath = `${foldersPath}/${folder.folderId}`
  const url = `${asked.app.config.publicScheme}://${hostOf(asked)}${publicPath(asked.account.accountId, image)}`
  return renderLibraryEntry(asked, place, {
    path: `${folderPath}/images/${image.imageId}`,
    title: image.fileName,
    updated: image.createdAt,
    payload: (p) => xml`${p}<Image>
${p}  <FileName>${image.fileName}</FileName>
${p}  <ImageURL>${url}</ImageURL>
${p}  <Height>${image.height}</Height>
${p}  <Width>${image.width}</Width>
${p}  <Description>${image.description}</Description>
${p}  <Folder id="${tagOf(asked, folderPath)}">
${p}    <Name>${folder.name}</Name>
${p}    <Link>
${p}      <href>${asked.base}${folderPath}</href>
${p}    </Link>
${p}  </Folder>
${p}  <MD5Hash>${image.md5}</MD5Hash>
${p}  <FileSize>${image.size}</FileSize>
${p}  <LastUpdated>${offsetTime(image.createdAt)}</LastUpdated>
${p}  <FileType>${image.type}</FileType>
${usages === undefined ? noXml : renderUsages(asked, usages, p)}${p}</Image>
`,
  })
}

function renderUsages(asked: Asked, usages: readonly ImageUsage[], p: Xml): Xml {
  const each = usages.map(
    ({ campaignId, name }) => xml`${p}    <ImageUsage>
${p}      <Name>${name}</Name>
${p}      <Link>
${p}        <href>${asked.base}/campaigns/${campaignId}</href>
${p}      </Link>
${p}    </ImageUsage>
`,
  )
  return xml`${p}  <ImageUsages>
${each}${p}  </ImageUsages>
`
}

interface LibraryEntry {
  path: string
  title: string
  updated: number
  /** Each of its lines beginning with `pad`. */
  payload: (pad: Xml) => Xml
}

function renderLibraryEntry(asked: Asked, place: Place, { path, title, updated, payload }: LibraryEntry): Xml {
  const isDocument = place === 'document'
  const p = new Xml(isDocument ? '' : '  ')
  const start = isDocument ? xml`${declaration}\n<atom:entry xmlns:atom="http://www.w3.org/2005/Atom">` : openEntry
  return xml`${start}
${p}  <atom:title>${title}</atom:title>
${p}  <atom:link rel="edit" href="${asked.base}${path}"/>
${p}  <atom:updated>${offsetTime(updated)}</atom:updated>
${p}  <atom:id>${tagOf(asked, path)}</atom:id>
${p}  <atom:content>
${payload(new Xml(`${p.text}    `))}${p}  </atom:content>
${p}</atom:entry>
`
}

const declaration = new Xml('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
const openEntry = new Xml('  <atom:entry>')

// A tag names a host without port (RFC 4151 2.1).
function tagOf(asked: Asked, path: string): string {
  const account = asked.idBase.slice(asked.idBase.indexOf('/', 'http://'.length))
  return `tag:${hostOf(asked).replace(/:\d+$/, '')},2010:${account}${path}`
}

function hostOf(asked: Asked): string {
  return asked.idBase.split('/', 3)[2]!
}

// The old service wrote Boston's; UTC is an offset as good.
function offsetTime(at: number): string {
  return wireTime(at).replace('Z', '+00:00')
}
