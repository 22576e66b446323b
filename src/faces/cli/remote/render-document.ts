// A JSON document as people read it: a line for each value, a table for each list of things. Used by run-command.ts and
// table-writer.ts.

import { printable, renderTable } from '../format.ts'

/** Values by their path, `campaign.name`; lists of things are left out. */
export function flatten(value: object, before = ''): Map<string, string> {
  const cells = new Map<string, string>()
  for (const [name, part] of Object.entries(value) as [string, unknown][]) {
    const path = `${before}${name}`
    if (Array.isArray(part)) {
      if (!isTable(part)) cells.set(path, part.map(renderValue).join(', '))
    } else if (typeof part === 'object' && part !== null)
      for (const [inner, text] of flatten(part, `${path}.`)) cells.set(inner, text)
    else cells.set(path, renderValue(part))
  }
  return cells
}

/** No line holds anything a terminal would obey. */
export function renderDocument(value: unknown, width: number | undefined): string[] {
  if (typeof value !== 'object' || value === null) return renderLines(renderValue(value))
  const cells = [...flatten(value)].map(([path, text]): [string, string] => [printable(path), text])
  const margin = Math.max(0, ...cells.map(([path]) => path.length)) + 2
  return [
    ...cells.flatMap(([path, text]) => {
      const [first = '', ...rest] = renderLines(text)
      return [
        `${path.padEnd(margin)}${first}`.trimEnd(),
        ...rest.map((line) => `${' '.repeat(margin)}${line}`.trimEnd()),
      ]
    }),
    ...tablesIn(value).flatMap(([path, items]) => ['', printable(path), ...renderItems(items, width)]),
  ]
}

/** A text of several lines stays one, each line without control characters. */
function renderLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '    ')))
}

function renderItems(items: readonly object[], width: number | undefined): string[] {
  const rows = items.map((item) => flatten(item))
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  return renderTable(
    columns.map(headOf),
    rows.map((row) => columns.map((column) => row.get(column) ?? '')),
    width,
  )
}

/** `createdAt` as `CREATED AT` */
export function headOf(path: string): string {
  return printable(path.replaceAll('.', ' ').replaceAll(/[A-Z]/g, ' $&')).toUpperCase()
}

function tablesIn(value: object, before = ''): [string, object[]][] {
  return Object.entries(value).flatMap(([name, part]: [string, unknown]): [string, object[]][] => {
    if (Array.isArray(part)) return isTable(part) ? [[`${before}${name}`, part]] : []
    return typeof part === 'object' && part !== null ? tablesIn(part, `${before}${name}.`) : []
  })
}

function isTable(list: readonly unknown[]): list is object[] {
  return list.length > 0 && list.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
}

const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/

/** Times as everywhere on the command line, in UTC. */
function renderValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'string' ? value.replace(time, '$1 $2') : String(value as number)
}
