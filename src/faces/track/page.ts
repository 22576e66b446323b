// The look and the headers of every page that readers see. No script, nothing fetched from anywhere, works in any browser.

import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { TrackAnswer } from './answers.ts'
import type { Language } from './words/words.ts'

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --accent: light-dark(#0b5cad, #7ab8ff); --on-accent: light-dark(#fff, #0b1420); --line: light-dark(#8a939e, #6b7683); --quiet: light-dark(#4d5763, #aeb7c2); --good: light-dark(#e6f4ea, #173324); --note: light-dark(#fdf3d8, #3a2f12) }
body { margin: 0; background: light-dark(#f3f5f8, #14171b); color: light-dark(#16202b, #e8ecf1) }
main { max-width: 34rem; margin: 6vh auto; padding: 2rem; box-sizing: border-box; overflow-wrap: anywhere; background: light-dark(#fff, #1d2127); border: 1px solid light-dark(#d5dae0, #343b44); border-radius: .75rem }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25 }
h2 { margin: 0 0 .25rem; font-size: 1.15rem; line-height: 1.3 }
p { margin: 0 0 1rem }
section { margin-top: 1.75rem; padding-top: 1.5rem; border-top: 1px solid light-dark(#d5dae0, #343b44) }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0 }
legend { padding: 0; font-size: 1.15rem; font-weight: 700; line-height: 1.3; margin-bottom: .25rem }
.hint { color: var(--quiet) }
.choice { display: grid; grid-template-columns: 1.4rem 1fr; gap: 0 .6rem; align-items: start; padding: .6rem 0; cursor: pointer }
.choice input { width: 1.2rem; height: 1.2rem; margin: .15rem 0 0; accent-color: var(--accent) }
.choice small { grid-column: 2; font-size: .9rem; color: var(--quiet) }
.field { display: block; font-weight: 600 }
textarea, input:not([type=checkbox], [type=radio]) { display: block; width: 100%; box-sizing: border-box; margin: .25rem 0 .4rem; padding: .6rem; font: inherit; color: inherit; background: light-dark(#fff, #14171b); border: 1px solid var(--line); border-radius: .4rem; resize: vertical }
.field ~ .field { margin-top: 1rem }
.trap { position: absolute; left: -99rem }
div.note { margin-bottom: 1rem }
.note ul { margin: .25rem 0 0; padding-left: 1.2rem }
button { padding: .65rem 1.5rem; margin: .5rem 0 0; font: inherit; font-weight: 600; min-height: 2.75rem; border: 1px solid var(--accent); border-radius: .4rem; background: var(--accent); color: var(--on-accent); cursor: pointer }
button.second { background: none; color: var(--accent) }
a { color: var(--accent) }
.after { margin: 1.5rem 0 0 }
[role=status] { padding: .75rem 1rem; border-radius: .4rem; background: var(--good) }
.note { padding: .75rem 1rem; border-radius: .4rem; background: var(--note) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
@media (max-width: 36rem) { main { margin: 0; min-height: 100vh; padding: 1.5rem 1.25rem; border: 0; border-radius: 0 } form > button, fieldset + button { width: 100% } }
`
// The policy names the hash of exactly what stands between the tags, so both are written in one piece.
const styleHash = createHash('sha256').update(style).digest('base64')
const styleElement = raw(`<style>${style}</style>`)

const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`

/** Of everything at these addresses, which are secrets: kept by nobody, told to nobody. */
export const secretHeaders = {
  'cache-control': 'no-store, private',
  pragma: 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
} as const

export type Html = ReturnType<typeof html>

interface Page {
  language: Language
  title: string
  /** What follows the heading. */
  body: Html | string
}

export async function renderPage({ language, title, body }: Page, status = 200): Promise<TrackAnswer> {
  const text = await html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex, nofollow" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`
  return {
    status,
    headers: {
      ...secretHeaders,
      'content-type': 'text/html; charset=UTF-8',
      'content-length': String(Buffer.byteLength(text.toString())),
      'content-language': language,
      vary: 'Accept-Language',
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
    },
    body: text.toString(),
  }
}

/** A heading and a sentence. */
export function messagePage(language: Language, title: string, text: string, status = 200): Promise<TrackAnswer> {
  return renderPage({ language, title, body: html`<p>${text}</p>` }, status)
}

/** `j***@mail.com`: enough to know one's own address by. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const [first = ''] = email.slice(0, at)
  return `${first}***${email.slice(at)}`
}
