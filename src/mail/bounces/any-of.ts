// Patterns as data: one alternative a line. Used by the tables of phrases.

/** One pattern of many lines; blanks around a line do not count. */
export function anyOf(lines: string): RegExp {
  const alternatives = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return new RegExp(alternatives.map((line) => `(?:${line})`).join('|'), 'u')
}
