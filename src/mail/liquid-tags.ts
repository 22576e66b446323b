// Where Liquid and the old merge tags stand in a text that something else reads. Linear also in a text full of openings
// that nothing closes. Used by text-part.ts, preheader.ts and prepared-links.ts.

const closers = { '{{': '}}', '{%': '%}', '[[': ']]' } as const
type Opener = keyof typeof closers

interface Tag {
  start: number
  end: number
}

/** The text between tags through `change`, the tags as they are. */
export function changeAroundTags(text: string, change: (between: string) => string): string {
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of findTags(text)) {
    pieces.push(change(text.slice(from, start)), text.slice(start, end))
    from = end
  }
  return [...pieces, change(text.slice(from))].join('')
}

/** Each tag as one word that nothing looks into, and the way back. */
export function hideTags(text: string): { hidden: string; tags: string[]; reveal: (text: string) => string } {
  // Private use: what stood there before is no text for anyone.
  const clean = text.replace(/[\ue000-\ue003]/g, '')
  const tags: string[] = []
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of findTags(clean)) {
    pieces.push(clean.slice(from, start), `\ue000${tags.push(clean.slice(start, end)) - 1}\ue001`)
    from = end
  }
  const reveal = (changed: string): string =>
    changed.replace(/\ue000(\d+)\ue001/g, (_, index: string) => tags[Number(index)] ?? '')
  return { hidden: [...pieces, clean.slice(from)].join(''), tags, reveal }
}

function findTags(text: string): Tag[] {
  const tags: Tag[] = []
  const opener = /\{\{|\{%|\[\[/g
  const unclosed = new Set<string>()
  for (let found = opener.exec(text); found; found = opener.exec(text)) {
    const start = found.index
    const closer = closers[found[0] as Opener]
    const at = unclosed.has(closer) ? -1 : text.indexOf(closer, start + 2)
    if (at < 0) unclosed.add(closer)
    // A pair of brackets around anything longer is no merge tag.
    if (at < 0 || (closer === ']]' && at - start > 200)) continue
    tags.push({ start, end: at + 2 })
    opener.lastIndex = at + 2
  }
  return tags
}
