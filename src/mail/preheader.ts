// The line that mail programs show behind the subject. Called once where a campaign is saved.

import { InvalidInputError } from '../errors.ts'
import { changeAroundTags } from './liquid-tags.ts'
import { scanHtml } from './scan-html.ts'
import { splice } from './splice.ts'

const style =
  'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all'
/** So many characters are shown at most; without them the mail's first words would follow. */
const shown = 140

/** Hidden text right behind `<body>`; nothing else changes. Liquid tags in `text` stay, all else of it is escaped. */
export function addPreheader(html: string, text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  if (line === '') return html
  const scan = scanHtml(html)
  if (!scan) throw new InvalidInputError('the tags of the HTML are too tangled', 'html')
  const at = scan.bodyStart ?? findContent(html)
  const filler = '&zwnj;&nbsp;'.repeat(Math.max(0, Math.ceil((shown - line.length) / 2)))
  return splice(html, [
    { start: at, end: at, text: `<div style="${style}">${changeAroundTags(line, escape)}${filler}</div>` },
  ])
}

/** Behind a `<body>` that Liquid before it hides, else behind what can stand before a body that has no tag. */
function findContent(html: string): number {
  const uncommented = html.replace(/<!--[\s\S]*?(-->|$)/g, (comment) => ' '.repeat(comment.length))
  const body = /<body(?:\s[^<>]*)?>/i.exec(uncommented)
  if (body) return body.index + body[0].length
  const before = /^\s*(<!doctype[^>]*>\s*)?(<html[^>]*>\s*)?(<head[\s>][\s\S]*?<\/head\s*>)?/i
  return before.exec(html)![0].length
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
