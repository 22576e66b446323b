// The links of a template replaced once for all contacts: what rewriteLinks does with each rendered mail, at a fraction of
// the time. Called where a campaign starts; whoever sends renders `source` and has `fill` put the addresses in.
//
// The Liquid tags are hidden while the HTML is read, each tracked link and the pixel become a mark that no data can hold,
// and a rendered mail is split at those. Where a link is made by Liquid, there is nothing to prepare.

import { randomBytes } from 'node:crypto'
import { escapeAttribute, findLinks, rewriteLinks } from './links.ts'
import type { FoundLink } from './links.ts'
import type { LinkRules, LinkWarning } from './judge-link.ts'
import { hideTags } from './liquid-tags.ts'

export interface PrepareOptions extends LinkRules {
  /** Of Liquid variables that are addresses of ours, such as `unsubscribe_url`: links that are just one are left alone. */
  ownVariables?: readonly string[]
  hasPixel?: boolean
  /** A link at the top that only machines follow. */
  hasHoneypot?: boolean
}

interface Addresses {
  /** Of the link that is that many in `links`. */
  link: (index: number) => string
  pixel?: string
  honeypot?: string
}

export interface PreparedLinks {
  /** A template to compile for HTML. */
  source: string
  /** Those to track, in the order of the source. */
  links: Pick<FoundLink, 'url' | 'position'>[]
  warnings: LinkWarning[]
  /** The rendered template with addresses in the place of marks. */
  fill(rendered: string, addresses: Addresses): string
}

/** Liquid that makes a tag, the name of one, a `href`, the start or end of a comment, or what links are relative to. */
const inMarkup = /<\/?[a-z]?[^\s<>]*\ue000|\ue001\s*href|<!-{0,2}\ue000|--\ue000|<base\b[^<>]*\ue000/i
/** Then the result hangs on what Liquid prints. */
const undecided: ReadonlySet<LinkWarning['code']> = new Set(['no-place', 'tangled', 'already-rewritten'])

/**
 * Undefined where Liquid makes a link, or prints HTML as it is (`raw`): then each mail must be rewritten after it is
 * rendered. Of two `href` in one tag that Liquid chooses from, only the first is seen; where Liquid stands before
 * `<body>`, the honeypot goes to the end.
 */
export function prepareLinks(template: string, options: PrepareOptions = {}): PreparedLinks | undefined {
  const { ownVariables = [], hasPixel, hasHoneypot } = options
  const { hidden, tags, reveal } = hideTags(template)
  if (inMarkup.test(hidden) || tags.some(printsHtml)) return undefined
  const isOwn = (url: string): boolean =>
    ownVariables.includes(/^\{\{-?\s*([\w.]+)\s*-?\}\}$/.exec(reveal(url))?.[1] ?? '')
  const rules: LinkRules = { ...options, isOurs: (url) => options.isOurs?.(url) ?? false }
  if (findLinks(hidden, rules).links.some(({ url }) => url.includes('\ue000') && !isOwn(url))) return undefined
  const nonce = randomBytes(9).toString('base64url')
  const mark = (name: string | number): string => `\ue002${nonce}.${name}\ue003`
  const links: PreparedLinks['links'] = []
  const rewritten = rewriteLinks(hidden, {
    ...rules,
    track: (url, position) => mark(links.push({ url, position }) - 1),
    ...(hasPixel && { pixelUrl: mark('pixel') }),
    ...(hasHoneypot && { honeypotUrl: mark('honeypot') }),
  })
  if (rewritten.warnings.some(({ code }) => undecided.has(code))) return undefined
  return {
    source: reveal(rewritten.html),
    links,
    // An address of ours is relative to nothing before it is one.
    warnings: rewritten.warnings.filter(({ url }) => !url?.includes('\ue000')),
    fill: (rendered, addresses) => fillMarks(rendered, `\ue002${nonce}.`, addresses),
  }
}

/** What a contact's field says is escaped, and so can't be a link, unless the author wants it as it is. */
function printsHtml(tag: string): boolean {
  return /^\{\{.*\|\s*raw\b|^\{%-?\s*(raw|echo|liquid|cycle)\b/s.test(tag)
}

function fillMarks(rendered: string, start: string, { link, pixel = '', honeypot = '' }: Addresses): string {
  const [first = '', ...rest] = rendered.split(start)
  const pieces = [first]
  for (const piece of rest) {
    const end = piece.indexOf('\ue003')
    const name = piece.slice(0, end)
    const address = name === 'pixel' ? pixel : name === 'honeypot' ? honeypot : link(Number(name))
    pieces.push(escapeAttribute(address), piece.slice(end + 1))
  }
  return pieces.join('')
}
