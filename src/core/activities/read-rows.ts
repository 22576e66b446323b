// The uploaded text of an activity as rows: which columns it has, and what stands in each line (wire-2008 7.1).

import { isUtf8 } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { InvalidInputError } from '../../errors.ts'
import { mostFrequentDelimiter, parseCells } from '../imports/read-csv.ts'
import { splitRecords } from '../imports/split-records.ts'
import type { RawRecord } from '../imports/split-records.ts'
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

/** A line that is longer holds no contact. */
const maxLineBytes = 64 * 1024
/** Bytes to decode at a stretch: a text of many megabytes keeps nobody waiting. */
const stretch = 256 * 1024

/** The text as UTF-8 with line feeds: spreadsheets of the time wrote UTF-16 or Windows-1252, and some a bare CR. */
export async function toUtf8(bytes: Uint8Array): Promise<Buffer> {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const encoding = encodingOf(given)
  if (encoding === 'utf-8' && (given.includes(10) || !given.includes(13))) return given
  const decoder = new TextDecoder(encoding)
  const parts: Buffer[] = []
  let isAfterCr = false
  for (let i = 0; i < given.length; i += stretch) {
    const end = i + stretch
    const text = decoder.decode(given.subarray(i, end), { stream: end < given.length })
    // Both halves of a CRLF may be in different stretches.
    const rest = isAfterCr && text.startsWith('\n') ? text.slice(1) : text
    if (text !== '') isAfterCr = text.endsWith('\r')
    parts.push(Buffer.from(rest.replaceAll(/\r\n?/g, '\n')))
    await setImmediate()
  }
  return Buffer.concat(parts)
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252'
}

/** Throws InvalidInputError when no column is the address, or two are the same. */
function readColumns(header: RawRecord, delimiter: string): Columns {
  if (header.bytes.length > maxLineBytes)
    throw new InvalidInputError(`the first line of data is longer than ${maxLineBytes} bytes`, 'data')
  const cells = parseCells(header, delimiter).map((cell) => cell.trim())
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
      columns ??= readColumns(record, delimiter)
      if (record.line <= after || (isFirst && columns.hasHeader)) continue
      rows.push(toRow(record, delimiter, columns))
    }
    if (columns) yield { columns, rows }
  }
}

function toRow(record: RawRecord, delimiter: string, { fields }: Columns): Row {
  const { line, bytes, isUnclosed } = record
  const values = new Map<ColumnField, string>()
  if (isUnclosed) return { line, cells: values, problem: 'A quote in this line is never closed' }
  if (bytes.length > maxLineBytes)
    return { line, cells: values, problem: `This line is longer than ${maxLineBytes} bytes` }
  parseCells(record, delimiter).forEach((cell, i) => {
    const field = fields[i]
    const text = cell.trim()
    if (field !== undefined && text !== '') values.set(field, text)
  })
  return { line, cells: values }
}
