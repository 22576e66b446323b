// Did a page of ours send this? The second lock beside the form's token (form-token.ts). Used by routes.ts.

/** A browser says where a POST comes from; what says nothing at all is no browser, and has its token to show. */
export function isOurOrigin(header: (name: string) => string | undefined, publicHost: string | undefined): boolean {
  const site = header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') return false
  const origin = header('origin')
  if (origin === undefined) return true
  const host = URL.parse(origin)?.host
  return host !== undefined && host !== '' && (host === header('host') || host === publicHost)
}

/** The demo's password is known to all: it is of use to nobody whose browser was led here under another name. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname ?? ''
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
