// Serves the library's images to whoever opens a mail that shows them: no credentials, and nothing but the images.
// The address is looked up, never opened: no text from outside becomes a path.

import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { libraryPath } from '../../config.ts'
import { bytesPath } from '../../core/library/image-bytes.ts'
import { findPublicImage, plainFileName } from '../../core/library/image.ts'
import type { Image } from '../../core/library/image.ts'
import { UnavailableError } from '../../errors.ts'

/** The whole face as one Hono app, to be mounted at the root. */
export function imageRoutes(app: App): Hono {
  const routes = new Hono()
  routes.get('/library/:account/:image/:file', (c) => getPublicImage(app, c))
  routes.all('/library/*', (c) =>
    c.req.method === 'GET' || c.req.method === 'HEAD'
      ? noImage()
      : text(405, 'Images can only be read.', { allow: 'GET, HEAD' }),
  )
  routes.onError((error, c) => {
    if (error instanceof UnavailableError) {
      app.noteOutage(error)
      return text(503, 'The service is busy. Try again.', { 'retry-after': '1' })
    }
    app.log.error({ err: error, path: c.req.path }, 'image not served')
    return text(500, 'The server failed on this request; it has been logged.')
  })
  return routes
}

// The file name is not compared: mail programs re-encode it, and the rest says which image is meant.
async function getPublicImage(app: App, c: Context): Promise<Response> {
  const [account, publicId] = [c.req.param('account') ?? '', c.req.param('image') ?? '']
  if (!/^[1-9]\d{0,14}$/.test(account) || !/^[0-9a-f]{32}$/.test(publicId)) return noImage()
  const accountId = Number(account)
  const image = await findPublicImage(app.db, accountId, publicId)
  if (!image) return noImage()
  const headers = headersOf(image)
  if (isHeld(c.req.header('if-none-match'), headers.etag)) return new Response(null, { status: 304, headers })
  const whole = { headers: { ...headers, 'content-type': image.type, 'content-length': String(image.size) } }
  if (c.req.raw.method === 'HEAD') return new Response(null, whole)
  const file = await openBytes(bytesPath(libraryPath(app.config), accountId, image.sha256))
  if (!file) {
    app.log.error({ accountId, imageId: image.imageId }, 'the bytes of an image are lost')
    return noImage()
  }
  return new Response(Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>, whole)
}

// An address never shows other bytes, so it may be kept for ever. What a browser is shown is an image and nothing else,
// whatever else the bytes would also pass for.
function headersOf(image: Image): Record<string, string> & { etag: string } {
  return {
    etag: `"${image.sha256}"`,
    'cache-control': 'public, max-age=31536000, immutable',
    'content-disposition': `inline; filename="${plainFileName(image)}"`,
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  }
}

// RFC 9110 13.1.2: a list of tags, weak or not, or any.
function isHeld(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}

function openBytes(path: string): Promise<FileHandle | undefined> {
  return open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

function noImage(): Response {
  return text(404, 'There is no image at this address.')
}

function text(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-content-type-options': 'nosniff', ...headers },
  })
}
