// Header-like fields ("Name: value", folded) as they stand in mail headers, delivery reports and feedback reports. Used
// by the parsers of bounce mail.

/** A field as it stood; `name` in lower case, `value` with its line ends but without the blanks that fold it. */
export interface Field {
  name: string
  value: string
}

const fieldLine = /^([!-9;-~]{1,78}?)[ \t]*:(.*)$/s

/** The fields at the start of a text, up to the first line that is neither a field nor its continuation. */
export function parseFields(text: string): Field[] {
  return readBlock(text.split(/\r?\n/), 0).fields
}

/** Groups of fields with other lines between them, which are passed over. */
export function parseFieldBlocks(text: string): Field[][] {
  const blocks: Field[][] = []
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length;) {
    const { fields, next } = readBlock(lines, at)
    if (fields.length > 0) blocks.push(fields)
    at = Math.max(next, at + 1)
  }
  return blocks
}

function readBlock(lines: readonly string[], from: number): { fields: Field[]; next: number } {
  const fields: Field[] = []
  for (let at = from; at < lines.length; at++) {
    const line = lines[at]!
    const last = fields.at(-1)
    if (last && /^[ \t]+\S/.test(line)) {
      last.value += '\n' + line.trim()
      continue
    }
    const found = fieldLine.exec(line)
    if (!found) return { fields, next: at }
    fields.push({ name: found[1]!.toLowerCase(), value: found[2]!.trim() })
  }
  return { fields, next: lines.length }
}

/** The first field of this name on one line; undefined when there is none. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  const value = fields.find((field) => field.name === name)?.value
  return value === undefined ? undefined : unfold(value)
}

/** All fields of this name, each on one line. */
export function fieldValues(fields: readonly Field[], name: string): string[] {
  return fields.filter((field) => field.name === name).map(({ value }) => unfold(value))
}

export function unfold(value: string): string {
  return value.replaceAll('\n', ' ').trim()
}
