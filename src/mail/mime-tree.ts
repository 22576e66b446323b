// The parts of a message put together (RFC 2046). Used by message.ts.

import { randomUUID } from 'node:crypto'
import { InvalidInputError } from '../errors.ts'
import { encodeBytes, encodeText } from './transfer-encoding.ts'

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

/** Its header fields and its body, all of it ASCII with CRLF. */
interface Part {
  fields: string[]
  body: string
}

/** The plainest that can hold them: one part, alternatives, with related pictures, with files behind. */
export function buildParts({ html, text, attachments = [] }: Bodies): Part {
  // No quoted-printable line holds `=_`, and nobody can guess the rest.
  const id = `=_${randomUUID().replaceAll('-', '')}`
  const shown = attachments.filter(({ contentId }) => contentId !== undefined)
  const files = attachments.filter(({ contentId }) => contentId === undefined)
  const bodies: Part[] = []
  if (text !== undefined) bodies.push(textPart('plain', text))
  if (html !== undefined) bodies.push(join('related', `${id}r`, [textPart('html', html), ...shown.map(filePart)]))
  const body = join('alternative', `${id}a`, bodies)
  return join('mixed', `${id}m`, [body, ...files.map(filePart)])
}

function join(kind: string, boundary: string, parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!
  const pieces = parts.map(({ fields, body }) => `--${boundary}\r\n${fields.join('\r\n')}\r\n\r\n${body}\r\n`)
  return {
    fields: [`Content-Type: multipart/${kind};\r\n boundary="${boundary}"`],
    body: `${pieces.join('')}--${boundary}--\r\n`,
  }
}

function textPart(kind: 'plain' | 'html', text: string): Part {
  const { encoding, body } = encodeText(text)
  return {
    fields: [`Content-Type: text/${kind}; charset=utf-8`, `Content-Transfer-Encoding: ${encoding}`],
    body,
  }
}

function filePart({ filename, contentType, content, contentId }: Attachment): Part {
  // RFC 2046 5.2.1: those may not be base64.
  if (!/^(?!message\/|multipart\/)[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,90}$/i.test(contentType))
    throw new InvalidInputError(`${JSON.stringify(contentType)} is no type of an attachment`, 'attachments')
  if (contentId !== undefined && !/^[\w!#$%&'*+/=?^`{|}~.@-]{1,200}$/.test(contentId))
    throw new InvalidInputError(`${JSON.stringify(contentId)} can't be the id of a picture`, 'attachments')
  // Text within would be shown behind the mail's own.
  if (contentId !== undefined && !/^image\//i.test(contentType))
    throw new InvalidInputError(`only a picture can be shown within the HTML, and ${filename} is none`, 'attachments')
  const disposition = contentId === undefined ? 'attachment' : 'inline'
  const { encoding, body } = encodeBytes(content)
  return {
    fields: [
      `Content-Type: ${contentType}`,
      `Content-Transfer-Encoding: ${encoding}`,
      `Content-Disposition: ${disposition};\r\n ${renderFilename(filename)}`,
      ...(contentId === undefined ? [] : [`Content-ID: <${contentId}>`]),
    ],
    body,
  }
}

/** RFC 2231 with a plain one for those that don't know it; no path and nothing that could end the line. */
function renderFilename(filename: string): string {
  const name = (filename.split(/[/\\]/).pop() ?? '').replace(/\p{C}/gu, '').trim().slice(0, 120) || 'attachment'
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  if (plain === name) return `filename="${name}"`
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  )
  return `filename="${plain}";\r\n filename*=utf-8''${encoded}`
}
