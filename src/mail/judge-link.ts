// Which links are tracked, and why others are not. Used for both parts of a mail.

import { domainToASCII } from 'node:url'
import { cleanAddress, parseWebAddress } from './location.ts'

export interface LinkRules {
  /** Whether it is an address we made: tracking, unsubscribing, viewing, preferences, forwarding. */
  isOurs?: (url: string) => boolean
  /** Never tracked, nor are hosts below them. */
  excludedHosts?: readonly string[]
}

/**
 * Why a link is left alone: nothing in it; a place in the mail itself; not http or https; ours already; switched off by
 * an attribute or by `+notrack`; an excluded host; a placeholder that nobody filled in; relative to nothing; not a valid
 * address; a user in it; not a link of HTML.
 */
type SkipReason =
  | 'empty'
  | 'fragment'
  | 'scheme'
  | 'ours'
  | 'off'
  | 'notrack'
  | 'excluded'
  | 'placeholder'
  | 'relative'
  | 'invalid'
  | 'userinfo'
  | 'foreign'

export interface JudgedLink {
  /** As written, resolved against the base when it is relative, without `+notrack`. */
  url: string
  skip?: SkipReason
}

export interface LinkWarning {
  /** The first four name links that are left alone and hardly work; see each place that warns for the others. */
  code: 'placeholder' | 'relative' | 'invalid' | 'userinfo' | 'clipped' | 'already-rewritten' | 'no-place' | 'tangled'
  /** Where, counted in UTF-16 units. */
  at: number
  url?: string
}

/** What a template engine would have replaced. */
const placeholder = /\{\{|\{%|\}\}|%\}/
const schemed = /^([a-z][a-z0-9+.-]*):/i
const untracked = /^(https?)\+notrack(?=:\/\/)/i

/** A judge that has the rules ready; `base` is the address that relative ones start from. */
export function makeJudge(rules: LinkRules, base?: string): (written: string) => JudgedLink {
  const excluded = new Set(rules.excludedHosts?.map((host) => domainToASCII(host)))
  return (written) => {
    const url = cleanAddress(written)
    if (url === '') return { url, skip: 'empty' }
    if (placeholder.test(url)) return { url, skip: 'placeholder' }
    if (url.startsWith('#')) return { url, skip: 'fragment' }
    if (untracked.test(url)) return { url: url.replace(untracked, '$1'), skip: 'notrack' }
    const scheme = schemed.exec(url)?.[1]?.toLowerCase()
    if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return { url, skip: 'scheme' }
    if (scheme !== undefined) return judgeAddress(url, rules, excluded)
    if (base === undefined || !URL.canParse(url, base)) return { url, skip: 'relative' }
    return judgeAddress(new URL(url, base).href, rules, excluded)
  }
}

/** The warning for a link, when its reason is one that its author should hear of. */
export function warnOf({ url, skip }: JudgedLink, at: number): LinkWarning[] {
  const isFault = skip === 'placeholder' || skip === 'relative' || skip === 'invalid' || skip === 'userinfo'
  return isFault ? [{ code: skip, at, url }] : []
}

function judgeAddress(url: string, { isOurs }: LinkRules, excluded: ReadonlySet<string>): JudgedLink {
  const address = parseWebAddress(url)
  if (!address) return { url, skip: 'invalid' }
  if (isOurs?.(url)) return { url, skip: 'ours' }
  if (address.hasUserinfo) return { url, skip: 'userinfo' }
  return isExcluded(address.hostname, excluded) ? { url, skip: 'excluded' } : { url }
}

function isExcluded(hostname: string, excluded: ReadonlySet<string>): boolean {
  if (excluded.size === 0) return false
  const labels = hostname.split('.')
  return labels.some((_, i) => excluded.has(labels.slice(i).join('.')))
}
