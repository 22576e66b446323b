// One request for a page, as the pages want it: whom it is for, in which language, and the form it brings.

import type { HitRequest } from './answer-hit.ts'
import type { Language } from './words/words.ts'

export interface Visit extends HitRequest {
  /** The signed token of the address. */
  token: string
  query: URLSearchParams
  language: Language
  /** All values of each field; undefined for a body of more bytes than these. Whatever can't be read has no fields. */
  readForm(maxBytes: number): Promise<Form | undefined>
}

export interface Form {
  bytes: number
  fields: URLSearchParams
}

/** Both ways to encode a form, and none: a body of any other type, or a broken one, is an empty form. */
export async function readForm(request: Request, maxBytes: number): Promise<Form | undefined> {
  const body = await readBytes(request, maxBytes)
  if (!body) return undefined
  const bytes = body.byteLength
  const type = request.headers.get('content-type') ?? ''
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    return { bytes, fields: new URLSearchParams(body.toString()) }
  if (!/^multipart\/form-data\s*(;|$)/i.test(type)) return { bytes, fields: new URLSearchParams() }
  const data = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => undefined)
  const fields = [...(data ?? [])].filter((field): field is [string, string] => typeof field[1] === 'string')
  return { bytes, fields: new URLSearchParams(fields) }
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.byteLength
    if (size > maxBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
