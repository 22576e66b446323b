// Cookies in and out (RFC 6265). Used by routes.ts and the pages of signing in.

import type { App } from '../../app.ts'

/** The first of each name; a browser sends the most specific first (RFC 6265 5.4). */
export function parseCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').slice(0, 8192).split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const name = pair.slice(0, equals).trim()
    if (!cookies.has(name)) cookies.set(name, decode(pair.slice(equals + 1).trim()))
  }
  return cookies
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Where the address is https, a name that browsers take from nobody else (RFC 6265bis 4.1.3.2). */
export function sessionCookieName({ publicScheme }: App['config']): string {
  return publicScheme === 'https' ? '__Host-contrail_session' : 'contrail_session'
}

export function sessionCookie(config: App['config'], text: string, lifeMs: number): string {
  const secure = config.publicScheme === 'https' ? '; Secure' : ''
  const age = Math.floor(lifeMs / 1000)
  return `${sessionCookieName(config)}=${text}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure}`
}

/** For what is no secret: how a viewer wants to see pages. */
export function plainCookie(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value)}; Path=/; SameSite=Lax; Max-Age=31536000`
}
