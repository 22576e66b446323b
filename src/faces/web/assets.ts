// The style, the scripts and the icon: read once, named by their content, so that browsers keep them for ever. Used by
// layout.ts and routes.ts.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

interface Asset {
  /** `/assets/app.0123456789ab.css` */
  path: string
  type: string
  bytes: Buffer<ArrayBuffer>
  zipped: Buffer<ArrayBuffer>
  etag: string
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=UTF-8',
  js: 'text/javascript; charset=UTF-8',
  svg: 'image/svg+xml',
}

const folder = new URL('assets/', import.meta.url)
const styleFolder = new URL('style/', import.meta.url)

/** The parts of the style, in the order of their names, as one file. */
export const styleText = readdirSync(styleFolder)
  .toSorted()
  .map((file) => readFileSync(new URL(file, styleFolder), 'utf8'))
  .join('\n')

function createAsset(file: string, bytes: Buffer<ArrayBuffer>): Asset {
  const [, name, ending] = /^(.*)\.(\w+)$/.exec(file)!
  const mark = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return {
    path: `/assets/${name}.${mark}.${ending}`,
    type: types[ending!]!,
    bytes,
    zipped: gzipSync(bytes, { level: 9 }),
    etag: `"${mark}"`,
  }
}

function readAssets(): Map<string, Asset> {
  const found = new Map([['app.css', createAsset('app.css', Buffer.from(styleText))]])
  const read = (file: string): Asset => {
    const known = found.get(file)
    if (known) return known
    const text = readFileSync(new URL(file, folder), 'utf8')
    // A script imports another by the name it is served under.
    const linked = text.replace(/(?<= from ')\.\/([\w-]+\.js)(?=')/g, (_, other: string) => read(other).path)
    const asset = createAsset(file, Buffer.from(linked))
    found.set(file, asset)
    return asset
  }
  for (const file of readdirSync(folder)) read(file)
  return found
}

const assets: ReadonlyMap<string, Asset> = readAssets()
const assetsByPath: ReadonlyMap<string, Asset> = new Map([...assets.values()].map((asset) => [asset.path, asset]))

/** The address of a file of the folder; a name that is none is a mistake of ours. */
export function assetPath(file: string): string {
  return assets.get(file)!.path
}

/** What stands at the address; undefined for anything else. */
export function answerAsset(path: string, header: (name: string) => string | undefined): Response | undefined {
  const asset = path === '/favicon.ico' ? assets.get('icon.svg') : assetsByPath.get(path)
  if (!asset) return undefined
  const isZipped = acceptsGzip(header('accept-encoding'))
  const headers = {
    etag: asset.etag,
    'cache-control': path === '/favicon.ico' ? 'public, max-age=86400' : 'public, max-age=31536000, immutable',
    'content-type': asset.type,
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
    ...(asset.type === types['svg'] && { 'content-security-policy': "default-src 'none'; sandbox" }),
  }
  if (header('if-none-match')?.includes(asset.etag)) return new Response(null, { status: 304, headers })
  const body = isZipped ? asset.zipped : asset.bytes
  return new Response(body, {
    headers: { ...headers, 'content-length': String(body.length), ...(isZipped && { 'content-encoding': 'gzip' }) },
  })
}

export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return /(^|[\s,])gzip\s*(?!;\s*q=0(\.0*)?\s*(,|$))/i.test(acceptEncoding ?? '')
}
