// Answers as they go out: JSON with a tag where there is one, compressed where the client can and it pays. Used by
// answer-route.ts.

import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export interface Answer {
  status: number
  headers: Record<string, string>
  /** JSON; null where there is no body. */
  body: string | null
}

/** Shorter bodies are sent as they are: they fit into a packet or two anyway. In bytes. */
const compressFrom = 1400
/** Where a higher quality takes more time than the network saves. */
const brotliQuality = 4
const gzipLevel = 5

const compress = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }),
  gzip: (body: Buffer) => promisify(gzip)(body, { level: gzipLevel }),
}
type Encoding = keyof typeof compress

/** A tag of exactly this body. */
export function tagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
}

/** Whether a list of tags (RFC 9110 13.1) names this one, however the answer was encoded. */
export function namesTag(list: string, tag: string): boolean {
  return list
    .split(',')
    .map((part) =>
      part
        .trim()
        .replace(/^W\//, '')
        .replace(/-(?:br|gzip)"$/, '"'),
    )
    .some((part) => part === '*' || part === tag)
}

export async function toResponse(request: Request, { status, headers, body }: Answer): Promise<Response> {
  if (body === null) return new Response(null, { status, headers })
  const tag = headers['etag']
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (tag !== undefined && isRead && namesTag(request.headers.get('if-none-match') ?? '', tag))
    return new Response(null, { status: 304, headers })
  const packed = await pack({ headers, body }, chooseEncoding(request.headers.get('accept-encoding') ?? undefined))
  return new Response(packed.bytes, { status, headers: packed.headers })
}

/** What goes over the wire. */
export interface Packed {
  headers: Record<string, string>
  bytes: Buffer<ArrayBuffer>
}

/** The body as it is sent, with the headers that say how. */
export async function pack(
  { headers, body }: { headers: Record<string, string>; body: string },
  accepted: Encoding | undefined,
): Promise<Packed> {
  const plain = Buffer.from(body)
  const encoding = plain.length < compressFrom ? undefined : accepted
  const bytes = encoding ? Buffer.from(await compress[encoding](plain)) : plain
  const tag = headers['etag']
  return {
    bytes,
    headers: {
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      ...headers,
      ...(encoding && { 'content-encoding': encoding }),
      ...(encoding && tag && { etag: tag.replace(/"$/, `-${encoding}"`) }),
    },
  }
}

/** The better one of those that the client takes (RFC 9110 12.5.3). */
export function chooseEncoding(accepted: string | undefined): Encoding | undefined {
  if (!accepted) return undefined
  const taken = accepted
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';', 1)[0]!.trim())
  return (['br', 'gzip'] as const).find((encoding) => taken.includes(encoding))
}
