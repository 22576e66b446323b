// What a link leads to: web addresses as people write them, checked, and as they go into a Location header. Used by the
// rewriting of links and where a click is answered.

/** A web address taken apart, each part as written. */
export interface WebAddress {
  scheme: string
  /** Lower case and in ASCII, for comparing. */
  hostname: string
  hasUserinfo: boolean
  authority: string
  path: string
  /** With its `?`, or empty. */
  query: string
  /** With its `#`, or empty. */
  fragment: string
}

/** A backslash ends the authority, as it does in browsers. */
const parts = /^(https?):\/\/([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?$/is
/** RFC 3986 2: everything that can't stand in a URI. Brackets may, because so many queries have them. */
const foreign = /[^!#-;=?-[\]_a-z~]/gu

/** RFC 1035 2.3.4, as text. */
const hostnameLength = 253

/** Without what browsers take out of every address: blanks around it, tabs and line ends within (WHATWG URL 4.4). */
export function cleanAddress(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end).replaceAll(/[\t\n\r]/g, '')
}

/** Undefined for what is not http or https, lacks the two slashes or has no valid host. Takes cleaned text. */
export function parseWebAddress(url: string): WebAddress | undefined {
  const found = parts.exec(url)
  if (!found || found[2] === '' || !URL.canParse(url)) return undefined
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = found
  const { hostname } = new URL(url)
  if (hostname.length > hostnameLength) return undefined
  return { scheme, hostname, hasUserinfo: authority.includes('@'), authority, path, query, fragment }
}

/**
 * The address as it goes into a Location header (RFC 9110 10.2.2): ASCII without blanks or line ends, the host of an
 * international name in punycode, all that is percent-encoded already left as it is, the fragment kept. Undefined for
 * what is no web address, or has a user in it.
 */
export function toLocation(url: string): string | undefined {
  const address = parseWebAddress(cleanAddress(url))
  if (!address || address.hasUserinfo) return undefined
  const { scheme, path, query, fragment } = address
  return `${scheme}://${renderHost(address)}${encode(path.replaceAll('\\', '/'))}${encode(query)}${encode(fragment)}`
}

function renderHost({ authority, hostname }: WebAddress): string {
  if (/^[\x21-\x7e]+$/.test(authority)) return authority
  return hostname + (/:[0-9]*$/.exec(authority)?.[0] ?? '')
}

/** RFC 3987 3.1. */
function encode(text: string): string {
  return text.toWellFormed().replaceAll(foreign, encodeURIComponent)
}
