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

/** Not within a word. */
const start = /(?<![\p{L}\p{N}_+.-])https?(?:\+notrack)?:\/\//giu
/** No address goes on behind one of these. */
const stop = /[\0-\x20\x7f\s<>"`“”„«»‹›]/u
/** What ends the sentence rather than the address. */
const trailing = new Set(".,;:!?'*([…。，、；：！？’")
const openers = new Set('([{（「【')
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
  let end = 0
  for (const { index } of text.matchAll(start)) {
    if (index < end) continue
    position++
    end = findEnd(text, index)
    const found = text.slice(index, end)
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

/** Up to a blank, a quote, an angle bracket, or a bracket closed that the address has not opened. */
function findEnd(text: string, from: number): number {
  const open: string[] = []
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i)
    if (stop.test(char)) return i
    if (openers.has(char)) open.push(char)
    else if (closers.has(char) && open.pop() !== closers.get(char)) return i
  }
  return text.length
}

function trim(found: string): string {
  let end = found.length
  while (trailing.has(found.charAt(end - 1))) end--
  return found.slice(0, end)
}
