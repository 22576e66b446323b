// Pages before anybody is signed in: one card in the middle. The style is in the page itself, so that the first page of all
// is there after one round trip; the file is fetched meanwhile, for the next.

import { createHash } from 'node:crypto'
import { assetPath, styleText } from './assets.ts'
import { html, nothing, raw } from './html.ts'
import type { Content } from './html.ts'
import { logo } from './icons.ts'
import { respond } from './respond.ts'
import type { Visit } from './visit.ts'

// The policy names the hash of exactly what stands between the tags, so both are written in one piece.
const styleHash = createHash('sha256').update(styleText).digest('base64')
const styleElement = raw(`<style>${styleText}</style>`)

interface AlonePage {
  title: string
  body: Content
  status?: number
  isWide?: boolean
  cookies?: readonly string[]
}

export async function alonePage(visit: Visit, page: AlonePage): Promise<Response> {
  const { words, look } = visit
  const text = await html`<!doctype html>
    <html lang="${words.language}" ${look.theme ? html`data-theme="${look.theme}"` : nothing}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${page.title} · ${words.product}</title>
        ${styleElement}
        <link rel="prefetch" href="${assetPath('app.css')}" as="style" />
        <link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml" />
        <script type="module" src="${assetPath('app.js')}"></script>
      </head>
      <body>
        <div class="alone">
          <header class="brand">${logo}<span>${words.product}</span></header>
          <main id="main" class="${page.isWide ? 'wide' : ''}">${page.body}</main>
        </div>
      </body>
    </html>`
  const response = respond(visit, String(text), { status: page.status ?? 200, styleHash, isSecret: true })
  for (const cookie of page.cookies ?? []) response.headers.append('set-cookie', cookie)
  return response
}
