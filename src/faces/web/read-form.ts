// The fields and the file of a form, in either of the two ways browsers encode them. Used by routes.ts.

import { InvalidInputError } from '../../errors.ts'

export interface Form {
  fields: URLSearchParams
  /** The one file a form may have. */
  file: { name: string; bytes: Uint8Array } | undefined
}

export const noForm: Form = { fields: new URLSearchParams(), file: undefined }

/** Throws InvalidInputError when the body is larger than `maxBytes`, or no form. */
export async function readForm(request: Request, maxBytes: number): Promise<Form> {
  const body = await readBytes(request, maxBytes)
  const type = request.headers.get('content-type') ?? ''
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    return { fields: new URLSearchParams(body.toString()), file: undefined }
  if (!/^multipart\/form-data\s*;/i.test(type)) throw new InvalidInputError('this is no form')
  const data = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new InvalidInputError('this form is broken')
  })
  const fields = new URLSearchParams()
  let file: Form['file']
  for (const [name, value] of data) {
    if (typeof value === 'string') fields.append(name, value)
    else file ??= { name: value.name, bytes: await value.bytes() }
  }
  return { fields, file }
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.byteLength
    if (size > maxBytes) throw new InvalidInputError(`what was sent is larger than ${maxBytes} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
