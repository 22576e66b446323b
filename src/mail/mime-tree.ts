// The parts of a message put together (RFC 2046) as nodemailer's MIME nodes, and the bytes of them. Used by message.ts.
//
// The tree is written out here: the library's own way is streams for each part, which takes three times as long.

import { randomUUID } from 'node:crypto'
import { encode as encodeBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64'
import MimeNode from 'nodemailer/lib/mime-node'
import type { MimeNodeOptions } from 'nodemailer/lib/mime-node'
import { encode as encodeQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp'
import { InvalidInputError } from '../errors.ts'

export interface Attachment {
  filename: string
  contentType: string
  content: Uint8Array
  /** Of an image that the HTML shows as `cid:...`. */
  contentId?: string
}

interface Bodies {
  html?: string
  text?: string
  attachments?: readonly Attachment[]
}

/** The plainest that can hold them: one part, alternatives, with related pictures, with files behind. */
export function buildParts({ html, text, attachments = [] }: Bodies): MimeNode {
  // Given to each node, because each would draw a random one of its own.
  const baseBoundary = randomUUID()
  // The fields of the message itself are message.ts's: a node that is no root makes none up.
  const tree = { baseBoundary, rootNode: new MimeNode(false, { baseBoundary }) }
  const join = (kind: string, parts: readonly MimeNode[]): MimeNode => {
    if (parts.length === 1) return parts[0]!
    const node = new MimeNode(`multipart/${kind}`, tree)
    for (const part of parts) node.appendChild(part)
    return node
  }
  const filePart = (attachment: Attachment): MimeNode => makeFilePart(attachment, tree)
  const shown = attachments.filter(({ contentId }) => contentId !== undefined)
  const files = attachments.filter(({ contentId }) => contentId === undefined)
  const bodies: MimeNode[] = []
  if (text !== undefined) bodies.push(makeTextPart('plain', text, tree))
  if (html !== undefined) bodies.push(join('related', [makeTextPart('html', html, tree), ...shown.map(filePart)]))
  return join('mixed', [join('alternative', bodies), ...files.map(filePart)])
}

/** Its header fields, an empty line and its body: all of it ASCII with CRLF. */
export function renderPart(node: MimeNode): string {
  const head = `${node.buildHeaders()}\r\n\r\n`
  if (!node.multipart) return head + encodeContent(node)
  const parts = node.childNodes.map((child) => `--${node.boundary}\r\n${renderPart(child)}\r\n`)
  return `${head}${parts.join('')}--${node.boundary}--\r\n`
}

/** How it travels is known once the headers are built. */
function encodeContent(node: MimeNode): string {
  const content = node.content as string | Buffer
  const encoding = node.getHeader('Content-Transfer-Encoding')
  if (encoding === 'base64') return wrapBase64(encodeBase64(content))
  if (encoding === 'quoted-printable') return wrapQuotedPrintable(encodeQuotedPrintable(content))
  return content.toString()
}

/** As it is where its lines are short and ASCII, else in the shorter of quoted-printable (Q) and base64. */
function makeTextPart(kind: 'plain' | 'html', text: string, tree: MimeNodeOptions): MimeNode {
  const content = text.replace(/\r\n|\r|\n/g, '\r\n')
  const isMostlyAscii = (Buffer.byteLength(content) - content.length) * 8 <= content.length
  const node = new MimeNode(`text/${kind}; charset=utf-8`, { ...tree, textEncoding: isMostlyAscii ? 'Q' : 'B' })
  return node.setContent(content)
}

function makeFilePart({ filename, contentType, content, contentId }: Attachment, tree: MimeNodeOptions): MimeNode {
  // RFC 2046 5.2.1: those may not be base64.
  if (!/^(?!message\/|multipart\/)[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,90}$/i.test(contentType))
    throw new InvalidInputError(`${JSON.stringify(contentType)} is no type of an attachment`, 'attachments')
  if (contentId !== undefined && !/^[\w!#$%&'*+/=?^`{|}~.@-]{1,200}$/.test(contentId))
    throw new InvalidInputError(`${JSON.stringify(contentId)} can't be the id of a picture`, 'attachments')
  // Text within would be shown behind the mail's own.
  if (contentId !== undefined && !/^image\//i.test(contentType))
    throw new InvalidInputError(`only a picture can be shown within the HTML, and ${filename} is none`, 'attachments')
  const node = new MimeNode(contentType, { ...tree, filename: cleanFilename(filename) })
  // Text, too, byte by byte.
  node.setHeader('Content-Transfer-Encoding', 'base64')
  node.setHeader('Content-Disposition', contentId === undefined ? 'attachment' : 'inline')
  if (contentId !== undefined) node.setHeader('Content-ID', `<${contentId}>`)
  return node.setContent(Buffer.from(content.buffer, content.byteOffset, content.byteLength))
}

/** No path and nothing that could end the line. */
function cleanFilename(filename: string): string {
  const name = (filename.split(/[/\\]/).pop() ?? '').replace(/\p{C}/gu, '').trim()
  return name.slice(0, 120).toWellFormed() || 'attachment'
}
