// The page where an owner lets an application in, and the one that says why not. No script; works in any browser.

import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { AuthorizeRequest } from './authorize-request.ts'

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --accent: light-dark(#0b5cad, #7ab8ff); --line: light-dark(#c6ccd4, #48505a) }
body { margin: 0; background: light-dark(#f3f5f8, #14171b) }
main { max-width: 26rem; margin: 8vh auto; padding: 2rem; overflow-wrap: anywhere; background: light-dark(#fff, #1d2127); border: 1px solid var(--line); border-radius: .75rem }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25 }
label, input { display: block; width: 100%; box-sizing: border-box }
label { font-weight: 600 }
input { margin: .25rem 0 1rem; padding: .6rem; font: inherit; border: 1px solid var(--line); border-radius: .4rem }
button { padding: .6rem 1.75rem; margin: .5rem .75rem 0 0; font: inherit; font-weight: 600; border: 1px solid var(--line); border-radius: .4rem; background: none; color: inherit; cursor: pointer }
button[value=allow] { background: var(--accent); border-color: var(--accent); color: light-dark(#fff, #0b1420) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=alert] { border-left: .25rem solid #d33; padding-left: .75rem }
@media (max-width: 30rem) { main { margin: 0; min-height: 100vh; box-sizing: border-box; border: 0; border-radius: 0 } }
`
// The policy names the hash of exactly what stands between the tags, so both are written in one piece.
const styleHash = createHash('sha256').update(style).digest('base64')
const styleElement = raw(`<style>${style}</style>`)

interface Form {
  action: string
  token: string
  username: string
  /** Why it is shown again. */
  complaint: string | undefined
}

/** `status` is 200, or that of the complaint. */
export function consentPage(request: AuthorizeRequest, form: Form, status = 200): Promise<Response> {
  const { application, scopes, redirectUri } = request
  const body = html`<h1>Let “${application.name}” in?</h1>
    <p>It asks to <strong>${scopes.map((scope) => meanings[scope]).join(' and to ')}</strong>.</p>
    <p>After this you go to <strong>${placeOf(redirectUri)}</strong>. Go on only if that is where you came from.</p>
    ${form.complaint === undefined ? '' : html`<p role="alert">${form.complaint}</p>`}
    <form method="post" action="${form.action}">
      <input type="hidden" name="request" value="${form.token}" />
      <label for="username">User name</label>
      <input
        id="username"
        name="username"
        value="${form.username}"
        autocomplete="username"
        autocapitalize="none"
        required
      />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required />
      <button name="decision" value="allow">Allow</button>
      <button name="decision" value="deny" formnovalidate>Deny</button>
    </form>`
  return page(`Let ${application.name} in?`, body, status, redirectUri)
}

/** For what can't be told to the application. */
export function refusalPage(message: string, status = 400): Promise<Response> {
  return page(
    'This does not work',
    html`<h1>This does not work</h1>
      <p role="alert">${message}</p>`,
    status,
  )
}

const meanings: Record<string, string> = {
  read: 'read your contacts, lists, campaigns and what your contacts did',
  write: 'change your contacts, lists and campaigns',
}

type Html = ReturnType<typeof html>

async function page(title: string, body: Html, status: number, redirectUri?: string): Promise<Response> {
  const text = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} - Contrail</title>
        ${styleElement}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`
  return new Response(text.toString(), {
    status,
    headers: {
      'content-type': 'text/html; charset=UTF-8',
      'cache-control': 'no-store',
      'content-security-policy': policy(redirectUri),
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...(status === 503 && { 'retry-after': '1' }),
    },
  })
}

// Browsers hold form-action against the redirect that answers a form, too.
function policy(redirectUri: string | undefined): string {
  const targets = redirectUri === undefined ? "'none'" : `'self' ${sourceOf(redirectUri)}`
  return `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${targets}; frame-ancestors 'none'; base-uri 'none'`
}

function sourceOf(uri: string): string {
  const { protocol, hostname, host } = new URL(uri)
  const isPlain = /^https?:$/.test(protocol) && /^[a-z0-9.-]+$/.test(hostname)
  return isPlain ? `${protocol}//${host}` : protocol
}

function placeOf(uri: string): string {
  const { protocol, host } = new URL(uri)
  return host === '' ? protocol : host
}
