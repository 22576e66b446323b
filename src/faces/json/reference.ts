// /api/v1/openapi.json and /api/v1/docs: made once, and the same for everybody. Used by routes.ts.

import { createHash } from 'node:crypto'
import { tagOf, toResponse } from './answer.ts'
import { createOpenApi } from './openapi.ts'
import { renderReference } from './reference-page.ts'
import { style } from './reference-style.ts'

let document: string | undefined
let page: Promise<string> | undefined

export function openApiAnswer(request: Request): Promise<Response> {
  document ??= JSON.stringify(createOpenApi())
  const headers = { 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff', vary: 'Accept-Encoding', etag: tagOf(document) } // oxfmt-ignore
  return toResponse(request, { status: 200, headers, body: document })
}

// The policy names the hash of exactly what stands between the tags.
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

export async function referencePage(request: Request): Promise<Response> {
  const text = await (page ??= renderReference(createOpenApi()))
  const etag = tagOf(text)
  const headers = {
    'content-type': 'text/html; charset=UTF-8',
    'content-security-policy': policy,
    'cache-control': 'public, max-age=300',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    vary: 'Accept-Encoding',
    etag,
  }
  return toResponse(request, { status: 200, headers, body: text })
}
