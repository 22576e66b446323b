// The text of a notice that came as HTML only, roughly as it reads. Called by read-mail.ts.

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Tags that begin a new line. */
const breaking = /^<\/?(?:p|div|br|tr|td|th|li|ul|ol|h[1-6]|pre|table|blockquote|hr|title)\b/i

export function htmlToLines(html: string): string {
  return withoutBlocks(html)
    .replaceAll(/<[^<>]*>/g, (tag) => (breaking.test(tag) ? '\n' : ''))
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, decodeEntity)
}

/** Without what is never shown: styles, scripts, comments. */
function withoutBlocks(html: string): string {
  let kept = html
  for (const [open, close] of [
    ['<style', '</style'],
    ['<script', '</script'],
    ['<!--', '-->'],
  ] as const) {
    const lower = kept.toLowerCase()
    const pieces: string[] = []
    let at = 0
    for (let start = lower.indexOf(open); start >= 0; start = lower.indexOf(open, at)) {
      const end = lower.indexOf(close, start)
      pieces.push(kept.slice(at, start))
      at = end < 0 ? kept.length : end + close.length
    }
    kept = pieces.join('') + kept.slice(at)
  }
  return kept
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name) return entities[name.toLowerCase()]!
  const code = decimal ? Number(decimal) : Number.parseInt(hex!, 16)
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code).toWellFormed() : whole
}
