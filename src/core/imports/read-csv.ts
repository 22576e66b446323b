// Contacts as CSV (RFC 4180), with the column names people's exports have. Used by import-file.ts.

import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import { InvalidInputError } from '../../errors.ts'
import { profileFields } from '../contacts/contact.ts'
import { LineError, parseLine } from './line.ts'
import type { ImportEntry } from './read-lines.ts'
import { splitRecords } from './split-records.ts'
import type { RawRecord } from './split-records.ts'

const plainFields = ['id', 'email', 'status', 'emailType', 'firstName', 'lastName', 'confirmed', 'optInAt', 'optInSource', 'optOutAt',
  'optOutSource', 'optOutReason', 'createdAt', 'updatedAt', 'lists', ...profileFields] as const // oxfmt-ignore

// Other names seen in exports; the bulk columns of the old wire among them (wire-2008 7.1).
const aliases: Record<string, string> = {
  emailaddress: 'email', mail: 'email', contactid: 'id', givenname: 'firstName', familyname: 'lastName', surname: 'lastName',
  company: 'companyName', addressline1: 'addr1', addressline2: 'addr2', addressline3: 'addr3', address1: 'addr1', address2: 'addr2',
  address3: 'addr3', state: 'stateName', stateprovince: 'stateName', stateprovinceuscanada: 'stateCode', country: 'countryName',
  zip: 'postalCode', zipcode: 'postalCode', phone: 'homePhone', optintime: 'optInAt', optouttime: 'optOutAt', dateadded: 'createdAt',
  inserttime: 'createdAt', lastupdatetime: 'updatedAt', notes: 'note', list: 'lists',
} // oxfmt-ignore

export interface CsvOptions {
  /** Column name in the file -> field, for names that are not recognised by themselves. */
  map?: ReadonlyMap<string, string> | undefined
  /** Called once with the columns that stand for no field and are left out. */
  onIgnored?: ((columns: string[]) => void) | undefined
}

/** Yields entries in batches, those behind line `fromLine`. Throws InvalidInputError when no column is the address. */
export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
  fromLine: number,
  options: CsvOptions,
): AsyncGenerator<ImportEntry[]> {
  let delimiter = ','
  let fields: (string | undefined)[] | undefined
  const delimiterOf = (header: Buffer): string => (delimiter = mostFrequentDelimiter(header.toString('latin1')))
  for await (const records of splitRecords(chunks, delimiterOf)) {
    const entries: ImportEntry[] = []
    for (const record of records) {
      if (!fields) fields = mapHeader(parseCells(record, delimiter), options)
      else if (record.line > fromLine) entries.push(...toEntries(record, delimiter, fields))
    }
    yield entries
  }
}

/** Of a header, so much is looked at. */
const maxHeader = 64 * 1024

/** A spreadsheet in a country with a decimal comma writes semicolons. */
export function mostFrequentDelimiter(header: string): string {
  const start = header.slice(0, maxHeader)
  const count = (delimiter: string): number => start.split(delimiter).length
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0]!
}

/** The fields of a record, as they stand there (RFC 4180 2). */
export function parseCells({ bytes }: RawRecord, delimiter: string): string[] {
  const text = bytes.toString('utf8')
  if (!text.includes('"')) return text.replace(/\r?\n$/, '').split(delimiter)
  const [cells] = parse(text, { delimiter, relax_quotes: true, relax_column_count: true, ltrim: true })
  return cells ?? []
}

function toEntries(record: RawRecord, delimiter: string, fields: readonly (string | undefined)[]): ImportEntry[] {
  const place = { line: record.line, end: record.line, text: record.bytes.toString('utf8').replace(/\r?\n$/, '') }
  if (!isUtf8(record.bytes))
    return [{ ...place, problem: new LineError('not UTF-8', place.text.indexOf('\ufffd') + 1) }]
  const openQuote = new LineError('a quote is opened and never closed', place.text.lastIndexOf('"') + 1)
  if (record.isUnclosed) return [{ ...place, problem: openQuote }]
  const cells = parseCells(record, delimiter)
  return cells.every((cell) => cell.trim() === '') && cells.length <= 1 ? [] : [toEntry(cells, place, fields)]
}

function mapHeader(header: readonly string[], options: CsvOptions): (string | undefined)[] {
  const known = new Map<string, string>([
    ...plainFields.map((field): [string, string] => [squeeze(field), field]),
    ...Object.entries(aliases),
  ])
  const given = new Map([...(options.map ?? [])].map(([column, field]): [string, string] => [squeeze(column), field]))
  const unknown = [...given.values()].find((field) => !plainFields.some((plain) => plain === field))
  if (unknown !== undefined)
    throw new InvalidInputError(`no contact has a field "${unknown}"; the fields are ${plainFields.join(', ')}`, 'map')
  const fields = header.map((column) => given.get(squeeze(column)) ?? known.get(squeeze(column)))
  if (!fields.includes('email'))
    throw new InvalidInputError(`no column is the e-mail address: the first line has ${header.join(', ')}`, 'email')
  const repeated = fields.find((field, i) => field !== undefined && fields.indexOf(field) !== i)
  if (repeated !== undefined) throw new InvalidInputError(`two columns are the field "${repeated}"`, repeated)
  const ignored = header.filter((column, i) => fields[i] === undefined && column.trim() !== '')
  if (ignored.length > 0) options.onIgnored?.(ignored)
  return fields
}

function squeeze(column: string): string {
  return column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function toEntry(
  cells: readonly string[],
  place: { line: number; end: number; text: string },
  fields: readonly (string | undefined)[],
): ImportEntry {
  if (cells.length > fields.length) {
    return {
      ...place,
      problem: new LineError(`has ${cells.length} fields where the header has ${fields.length}`, fields.length + 1),
    }
  }
  const values: Record<string, unknown> = { type: 'contact' }
  try {
    cells.forEach((cell, i) => {
      const field = fields[i]
      if (field !== undefined && cell.trim() !== '') values[field] = toValue(field, cell.trim(), i + 1)
    })
    return { ...place, item: parseLine(JSON.stringify(values)) }
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    const named = (name: string | undefined): boolean =>
      name !== undefined && error.message.includes(name === 'email' ? 'e-mail' : `"${name}"`)
    const field = fields.findIndex(named)
    return { ...place, problem: new LineError(error.message, field < 0 ? 1 : field + 1) }
  }
}

function toValue(field: string, cell: string, column: number): unknown {
  if (field === 'id') return Number(cell)
  if (field === 'lists')
    return cell
      .split(';')
      .map((name) => name.trim())
      .filter(Boolean)
  if (field === 'status') return cell.toLowerCase().replaceAll(' ', '-')
  if (field === 'emailType') return cell.toLowerCase()
  if (field === 'optInSource' || field === 'optOutSource') return cell.toLowerCase().replace('action_by_', '')
  if (field !== 'confirmed') return cell
  if (/^(true|yes|1)$/i.test(cell)) return true
  if (/^(false|no|0)$/i.test(cell)) return false
  throw new LineError('"confirmed": is true or false', column)
}
