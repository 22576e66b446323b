// The links of a mail's plain text. Called only where the campaign asks for it: readers see these addresses as they are.

import { makeJudge, warnOf } from './judge-link.ts'
import type { LinkRules, LinkWarning } from './judge-link.ts'
import { splice } from './splice.ts'
import type { Edit } from './splice.ts'

export interface TextRewriteOptions extends LinkRules {
  /** The address to put in its place; undefined leaves the link alone. */
  track: (url: string, position: number) => string | undefined
}

export interface RewrittenText {
  text: string
  tracked: number
  warnings: LinkWarning[]
}

/** Up to a blank, a quote or an angle bracket; not within a word. */
const run = /(?<![\p{L}\p{N}_+.-])https?(?:\+notrack)?:\/\/[^\s<>"`“”„«»‹›]+/giu
/** What ends the sentence rather than the address; closing brackets are balanced by then. */
const trailing = new Set(`.,;:!?'*([…。，、；：！？’`)
const closers: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
  ['）', '（'],
  ['」', '「'],
  ['】', '【'],
])

/** Positions are counted from 1 over all web addresses of the text; brackets and punctuation around one stay. */
export function rewriteText(text: string, options: TextRewriteOptions): RewrittenText {
  const judge = makeJudge(options)
  const edits: Edit[] = []
  const warnings: LinkWarning[] = []
  let tracked = 0
  let position = 0
  for (const { 0: found, index } of text.matchAll(run)) {
    position++
    const written = /\{\{|\{%/.test(found) ? found : trim(found)
    const link = judge(written)
    warnings.push(...warnOf(link, index))
    const target = link.skip === undefined ? options.track(link.url, position) : undefined
    if (target !== undefined) tracked++
    const replacement = target ?? (link.skip === 'notrack' ? link.url : undefined)
    if (replacement !== undefined) edits.push({ start: index, end: index + written.length, text: replacement })
  }
  return { text: splice(text, edits), tracked, warnings }
}

/** `https://x.example/a_(b)).` is `https://x.example/a_(b)`. */
function trim(found: string): string {
  let end = balancedLength(found)
  while (end > 0 && trailing.has(found.charAt(end - 1))) end--
  return found.slice(0, end)
}

/** How far it goes before a bracket is closed that it has not opened. */
function balancedLength(found: string): number {
  const open: string[] = []
  for (let i = 0; i < found.length; i++) {
    const opener = closers.get(found.charAt(i))
    if (opener === undefined) {
      if ('([{（「【'.includes(found.charAt(i))) open.push(found.charAt(i))
    } else if (open.pop() !== opener) return i
  }
  return found.length
}
