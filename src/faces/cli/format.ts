// How values look on a terminal. Stored text never reaches it with control characters in it.

import { styleText } from 'node:util'
import stringWidth from 'string-width'
import type { Output } from './context.ts'

/** Without anything a terminal would obey. */
export function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/** JSON that says the same, with what a terminal would obey in escapes. */
export function renderJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `2008-10-03 18:39:02` in UTC. */
export function formatTime(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

type Style = Parameters<typeof styleText>[0]

/** Colours only where the stream shows them; respects NO_COLOR. */
export function styled(stream: Output, style: Style, text: string): string {
  return styleText(style, text, { stream, validateStream: true })
}

/** Columns aligned by what they look like, the last one cut to the terminal's width. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string[] {
  const cells = [header, ...rows.map((row) => row.map(printable))]
  const widths = header.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))))
  return cells.map((row) => {
    const line = row
      .map((cell, column) =>
        column === header.length - 1 ? cell : cell + ' '.repeat(widths[column]! - stringWidth(cell)),
      )
      .join('  ')
    return truncate(line.trimEnd(), width)
  })
}

function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let short = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(short + segment) > width - 1) break
    short += segment
  }
  return short + '…'
}
