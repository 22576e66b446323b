// The links of a campaign's HTML: finding them when it is made, putting tracking addresses in their place for each send.
// Called with rendered HTML; why it is done like this is told in docs/decisions/008-link-rewriting.md.

import { makeJudge, warnOf } from './judge-link.ts'
import type { JudgedLink, LinkRules, LinkWarning } from './judge-link.ts'
import { scanHtml } from './scan-html.ts'
import type { HtmlScan, Span } from './scan-html.ts'
import { splice } from './splice.ts'
import type { Edit } from './splice.ts'

export interface FoundLink extends JudgedLink, Span {
  /** Counted from 1 over all links of the mail, also those left alone: skipping one more moves no other. */
  position: number
}

export interface RewriteOptions extends LinkRules {
  /** The address to put in its place; undefined leaves the link alone. */
  track: (url: string, position: number) => string | undefined
  pixelUrl?: string
  /** Of a link that only machines follow. */
  honeypotUrl?: string
}

export interface Rewritten {
  html: string
  /** How many links lead to a tracking address now that did not before. */
  tracked: number
  warnings: LinkWarning[]
}

/** Gmail cuts a message at about 102 KB of HTML, and with it the pixel. */
export const clippedBytes = 100 * 1024

/** Every link in the order of the source; those without a reason to skip them are the ones that rewriting tracks. */
export function findLinks(html: string, rules: LinkRules = {}): { links: FoundLink[]; warnings: LinkWarning[] } {
  const scan = scanHtml(html)
  if (!scan) return { links: [], warnings: [{ code: 'tangled', at: 0 }] }
  const links = judgeAll(scan, rules)
  return { links, warnings: links.flatMap((link) => warnOf(link, link.start)) }
}

/**
 * Changes nothing but the attributes it must and what it adds. HTML that has the pixel or the honeypot of the same
 * options in it was rewritten already and comes back as it is. Where in the result a warning is about is told only for
 * `clipped`; all others tell where it is in what was given.
 */
export function rewriteLinks(html: string, options: RewriteOptions): Rewritten {
  const scan = scanHtml(html)
  if (!scan) return { html, tracked: 0, warnings: [{ code: 'tangled', at: 0 }] }
  const links = judgeAll(scan, options)
  if (isRewritten(scan, links, options)) return { html, tracked: 0, warnings: [{ code: 'already-rewritten', at: 0 }] }
  const warnings = links.flatMap((link) => warnOf(link, link.start))
  const edits = scan.switches.map((span) => cutAttribute(html, span))
  let tracked = 0
  for (const { url, position, skip, start, end } of links) {
    const target = skip === undefined ? options.track(url, position) : undefined
    if (target !== undefined) tracked++
    const text = target ?? (skip === 'notrack' ? url : undefined)
    if (text !== undefined) edits.push({ start, end, text: `href="${escapeAttribute(text)}"` })
  }
  const additions = addAll(scan, options)
  if (!additions) warnings.push({ code: 'no-place', at: html.length })
  const result = splice(html, [...edits, ...(additions ?? [])])
  const kept = fittingLength(result)
  if (kept < result.length) warnings.push({ code: 'clipped', at: kept })
  return { html: result, tracked, warnings }
}

function judgeAll({ hrefs, base }: HtmlScan, rules: LinkRules): FoundLink[] {
  const start = base === undefined ? undefined : makeJudge({})(base)
  const judge = makeJudge(rules, start?.skip === undefined ? start?.url : undefined)
  return hrefs.map(({ value, start, end, isOff, isForeign }, i) => {
    const judged = judge(value)
    const skip = isForeign ? 'foreign' : (judged.skip ?? (isOff ? 'off' : undefined))
    return { url: judged.url, position: i + 1, start, end, ...(skip && { skip }) }
  })
}

function isRewritten({ images }: HtmlScan, links: readonly FoundLink[], options: RewriteOptions): boolean {
  const { pixelUrl, honeypotUrl } = options
  if (pixelUrl !== undefined && images.includes(pixelUrl)) return true
  return honeypotUrl !== undefined && links.some(({ url }) => url === honeypotUrl)
}

/** Undefined when there is something to add and no place for it. */
function addAll({ bodyStart, bodyEnd }: HtmlScan, { pixelUrl, honeypotUrl }: RewriteOptions): Edit[] | undefined {
  const additions: [at: number | undefined, text: string][] = []
  if (honeypotUrl !== undefined) additions.push([bodyStart ?? bodyEnd, renderHoneypot(honeypotUrl)])
  if (pixelUrl !== undefined) additions.push([bodyEnd, renderPixel(pixelUrl)])
  if (additions.some(([at]) => at === undefined)) return undefined
  return additions.map(([at = 0, text]) => ({ start: at, end: at, text }))
}

/** Not `display:none`, which makes some programs not load it. */
function renderPixel(url: string): string {
  return `<img src="${escapeAttribute(url)}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">`
}

function renderHoneypot(url: string): string {
  return `<a href="${escapeAttribute(url)}" style="display:none" aria-hidden="true" tabindex="-1"></a>`
}

/** For a value in double quotes. */
export function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** With the blanks before it, unless they still part its neighbours. */
function cutAttribute(html: string, { start, end }: Span): Edit {
  const next = /[^\t\n\f\r ]/g
  next.lastIndex = end
  // A stray `=` would become that of the attribute before.
  if (next.exec(html)?.[0] === '=') return { start, end: start, text: '' }
  if (/[\t\n\f\r >]/.test(html.charAt(end))) while (/[\t\n\f\r ]/.test(html.charAt(start - 1))) start--
  // A stray slash would close the element.
  return { start, end, text: html.charAt(start - 1) === '/' ? ' ' : '' }
}

/** How much of it Gmail shows. */
function fittingLength(html: string): number {
  if (html.length * 3 <= clippedBytes) return html.length
  return new TextEncoder().encodeInto(html, new Uint8Array(clippedBytes)).read
}
