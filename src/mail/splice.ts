// Changes of a text at places in it, which leave all else as it is. Used by the rewriting of links.

export interface Edit {
  start: number
  end: number
  text: string
}

/** Edits must not overlap; those at the same place are made in the order given. Linear in the text. */
export function splice(source: string, edits: readonly Edit[]): string {
  const pieces: string[] = []
  let from = 0
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(source.slice(from, start), text)
    from = end
  }
  pieces.push(source.slice(from))
  return pieces.join('')
}
