// The uploaded text of an activity as rows: which columns it has, and what stands in each line (wire-2008 7.1).

import { isUtf8 } from 'node:buffer'
import { InvalidInputError } from '../../errors.ts'
import { mostFrequentDelimiter, parseCells } from '../imports/read-csv.ts'
import { splitRecords } from '../imports/split-records.ts'
import { findColumn } from './columns.ts'
import type { ColumnField } from './columns.ts'

export interface Row {
  /** Of the uploaded text, from 1. */
  line: number
  /** Trimmed, only those that have a column and are not empty. */
  cells: ReadonlyMap<ColumnField, string>
  /** Why nothing can be made of the line. */
  problem?: string
}

export interface Columns {
  fields: readonly (ColumnField | undefined)[]
  /** Columns that stand for nothing, and are left out. */
  unknown: string[]
  /** False when the first line is an address already. */
  hasHeader: boolean
}

/** The text as UTF-8 with line feeds: spreadsheets of the time wrote UTF-16 or Windows-1252, and some a bare CR. */
export function toUtf8(bytes: Uint8Array): Buffer {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = decode(given)
  if (text === undefined && (given.includes(10) || !given.includes(13))) return given
  return Buffer.from((text ?? given.toString('utf8')).replaceAll(/\r\n?/g, '\n'))
}

function decode(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return isUtf8(bytes) ? undefined : new TextDecoder('windows-1252').decode(bytes)
}

/** Throws InvalidInputError when no column is the address, or two are the same. */
function readColumns(header: readonly string[]): Columns {
  const cells = header.map((cell) => cell.trim())
  // A file to remove contacts may hold addresses alone, without a name above them.
  if (cells[0]?.includes('@')) return { fields: ['email'], unknown: [], hasHeader: false }
  const fields = cells.map(findColumn)
  if (!fields.includes('email'))
    throw new InvalidInputError(
      `no column is the Email Address: the first line of data has ${cells.join(', ')}`,
      'data',
    )
  const twice = cells.find((_, i) => fields[i] !== undefined && fields.indexOf(fields[i]) !== i)
  if (twice !== undefined) throw new InvalidInputError(`two columns of data are ${twice}`, 'data')
  return { fields, unknown: cells.filter((cell, i) => cell !== '' && fields[i] === undefined), hasHeader: true }
}

/** Of the text's first line; throws InvalidInputError when there is none, and as readColumns does. */
export async function inspectInput(pieces: AsyncIterable<Buffer>): Promise<Columns> {
  for await (const { columns } of readRows(pieces, 0)) return columns
  throw new InvalidInputError('data holds no line', 'data')
}

/** The rows behind line `after`, some at a time, each time with the columns. */
export async function* readRows(
  pieces: AsyncIterable<Buffer>,
  after: number,
): AsyncGenerator<{ columns: Columns; rows: Row[] }> {
  let delimiter = ','
  let columns: Columns | undefined
  const delimiterOf = (header: Buffer): string => (delimiter = mostFrequentDelimiter(header.toString('latin1')))
  for await (const records of splitRecords(pieces, delimiterOf)) {
    const rows: Row[] = []
    for (const record of records) {
      const isFirst = columns === undefined
      columns ??= readColumns(parseCells(record, delimiter))
      if (record.line <= after || (isFirst && columns.hasHeader)) continue
      rows.push(record.isUnclosed ? unclosed(record.line) : toRow(record.line, parseCells(record, delimiter), columns))
    }
    if (columns) yield { columns, rows }
  }
}

function toRow(line: number, cells: readonly string[], { fields }: Columns): Row {
  const values = new Map<ColumnField, string>()
  cells.forEach((cell, i) => {
    const field = fields[i]
    const text = cell.trim()
    if (field !== undefined && text !== '') values.set(field, text)
  })
  return { line, cells: values }
}

function unclosed(line: number): Row {
  return { line, cells: new Map(), problem: 'A quote in this line is never closed' }
}
