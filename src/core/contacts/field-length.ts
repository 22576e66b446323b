// How long the parts of a contact may be that come over the 2008 wire. Used by its entries and its bulk files.

// 50 is what the later API documents, the others are guesses (wire-2008 2.3).
const maxText = 50
const maxNote = 500

/** In characters. */
export function maxFieldLength(field: string): number {
  return field === 'note' ? maxNote : maxText
}
