// Whether a mail's HTML is well-formed, so that what is wrapped around it later lands in the right place. Called where
// campaigns are taken in.

import { Tokenizer, TokenizerMode } from 'parse5'
import type { Token, TokenHandler } from 'parse5'

/** HTML 13.1.2: elements without an end tag. */
const voids: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
)
/** HTML 13.1.2.4: elements that others end. */
const optional: ReadonlySet<string> = new Set(
  'html head body p li dt dd option optgroup rp rt tr td th thead tbody tfoot colgroup caption'.split(' '),
)
/** What stands in them is no markup. */
const rawText: ReadonlyMap<string, number> = new Map([
  ['script', TokenizerMode.SCRIPT_DATA],
  ['style', TokenizerMode.RAWTEXT],
  ['title', TokenizerMode.RCDATA],
  ['textarea', TokenizerMode.RCDATA],
])

/** What is wrong with it, in words, or undefined. Elements of other vocabularies must be closed, or close themselves. */
export function findHtmlFault(html: string): string | undefined {
  const open: string[] = []
  // How many of each name are open: looking through all of them for every end tag would take as long as it is deep.
  const counts = new Map<string, number>()
  const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by)
  let fault: string | undefined
  const note = (text: string): void => {
    fault ??= text
  }
  const handler: TokenHandler = {
    onStartTag: ({ tagName, selfClosing }: Token.TagToken) => {
      if (voids.has(tagName) || (selfClosing && !optional.has(tagName) && !rawText.has(tagName))) return
      open.push(tagName)
      count(tagName, 1)
      const mode = rawText.get(tagName)
      if (mode !== undefined) tokenizer.state = mode
    },
    onEndTag: ({ tagName }: Token.TagToken) => {
      if (voids.has(tagName)) return
      const at = counts.get(tagName) ? open.lastIndexOf(tagName) : -1
      // Browsers make an empty paragraph of it, and mail programs have always been sent it.
      if (at < 0 && tagName === 'p') return
      if (at < 0) return note(`</${tagName}> closes nothing`)
      const closed = open.splice(at)
      for (const name of closed) count(name, -1)
      const inner = closed.slice(1)
      const unclosed = inner.find((name) => !optional.has(name))
      if (unclosed !== undefined) note(`<${unclosed}> is not closed before </${tagName}>`)
    },
    onEof: () => {
      const unclosed = open.find((name) => !optional.has(name))
      if (unclosed !== undefined) note(`<${unclosed}> is never closed`)
    },
    onParseError: ({ code }) => {
      if (code === 'eof-in-tag') note('it ends within a tag')
      if (code === 'eof-in-comment') note('a comment is never closed')
    },
    onComment: () => undefined,
    onDoctype: () => undefined,
    onCharacter: () => undefined,
    onNullCharacter: () => note('it has a NUL in it'),
    onWhitespaceCharacter: () => undefined,
  }
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: false }, handler)
  tokenizer.write(html, true)
  return fault
}
