// Puts folders and images into a test account's library as clients do, and makes images to put there.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { escapeXml } from '../src/faces/atom/xml.ts'
import { base } from './server.ts'
import type { TestServer } from './server.ts'

const boundary = '----------8d2b3f0a'

/** One black pixel; as large as wanted to those who only read its header, and of other bytes for another `seed`. */
export function gif(width = 1, height = 1, seed = 0): Buffer<ArrayBuffer> {
  const bytes = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
  bytes.writeUInt16LE(width, 6)
  bytes.writeUInt16LE(height, 8)
  bytes.writeUIntLE(seed, 13, 3)
  return bytes
}

export interface Sent {
  fileName?: string | undefined
  description?: string
  /** Of the bytes unless given; empty for none. */
  md5?: string
  partName?: string
  contentType?: string
}

/** The multipart body of an upload: an entry, then the bytes. */
export function imageBody(bytes: Uint8Array, sent: Sent = {}): Buffer<ArrayBuffer> {
  const { fileName, description = '', md5 = createHash('md5').update(bytes).digest('hex'), partName = 'a.gif' } = sent
  const name = fileName === undefined ? '' : `<FileName>${escapeXml(fileName)}</FileName>`
  return Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="entry"\r\nContent-Type: application/atom+xml\r\n\r\n` +
        `<atom:entry xmlns:atom="http://www.w3.org/2005/Atom"><atom:content><Image>${name}<MD5Hash>${md5}</MD5Hash>` +
        `<Description>${escapeXml(description)}</Description></Image></atom:content></atom:entry>\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="data"; filename="${partName}"\r\n` +
        `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n`,
    ),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
}

export function postImage(
  server: TestServer,
  folder: number,
  bytes: Uint8Array,
  sent: Sent = { fileName: 'a.gif' },
): Promise<Response> {
  const headers = { 'content-type': `${sent.contentType ?? 'multipart/form-data'}; boundary=${boundary}` }
  const body = imageBody(bytes, sent)
  return server.get(`${base}/library/folders/${folder}/images`, { method: 'POST', headers, body })
}

export function postFolder(server: TestServer, name: string): Promise<Response> {
  const body = `<atom:entry xmlns:atom="http://www.w3.org/2005/Atom"><atom:content><Folder><Name>${escapeXml(name)}</Name></Folder></atom:content></atom:entry>`
  return server.get(`${base}/library/folders`, {
    method: 'POST',
    headers: { 'content-type': 'application/atom+xml' },
    body,
  })
}

/** A line of a golden history that is uploaded, not imported. */
export type Upload =
  | { type: 'folder'; name: string }
  | { type: 'image'; folder: number; fileName: string; description: string; width: number; height: number }

export function isUpload(type: string): boolean {
  return type === 'folder' || type === 'image'
}

export async function uploadLine(server: TestServer, line: Upload): Promise<void> {
  const response =
    line.type === 'folder'
      ? await postFolder(server, line.name)
      : await postImage(server, line.folder, gif(line.width, line.height), line)
  assert.equal(response.status, 201, JSON.stringify(line))
}
