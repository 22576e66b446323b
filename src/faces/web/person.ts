// How people are shown where there is no picture of them: letters on one of six tones. Used by the pages.

/** At most two letters of a name, or of an address. */
export function initials(name: string): string {
  const words = name
    .split('@')[0]!
    .split(/[\s._-]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+/u, ''))
    .filter(Boolean)
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  return letters.map((word) => String.fromCodePoint(word.codePointAt(0)!).toUpperCase()).join('') || '?'
}

/** The same for the same person, wherever it is shown. */
export function toneOf(email: string): number {
  let sum = 0
  for (const letter of email) sum = (sum * 31 + letter.codePointAt(0)!) % 1_000_003
  return sum % 6
}

export function fullName({ firstName, lastName }: { firstName: string; lastName: string }): string {
  return [firstName, lastName].filter(Boolean).join(' ')
}
