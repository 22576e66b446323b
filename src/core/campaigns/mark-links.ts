// Puts something into each link of a mail, right behind its opening, and leaves all else as it is: for pictures of a mail that
// tell about its links. Called by faces/web.

import { findLinks } from '../../mail/links.ts'
import { splice } from '../../mail/splice.ts'

/** Longer tags hold no link of a mail. */
const maxTag = 10_000

/** `markOf` says what, as HTML; undefined leaves the link alone. */
export function markLinks(html: string, markOf: (url: string) => string | undefined): string {
  const edits = findLinks(html).links.flatMap(({ url, end }) => {
    const text = markOf(url)
    const at = text === undefined ? undefined : endOfTag(html, end)
    return text === undefined || at === undefined ? [] : [{ start: at, end: at, text }]
  })
  return splice(html, edits)
}

// The attributes that may follow hold ">" only in quotes.
function endOfTag(html: string, from: number): number | undefined {
  const rest = /^(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(html.slice(from, from + maxTag))
  return rest ? from + rest[0].length : undefined
}
