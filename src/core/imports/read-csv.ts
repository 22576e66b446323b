// Contacts as CSV (RFC 4180), with the column names people's exports have. Used by import-file.ts.

import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import type { CsvError } from 'csv-parse'
import { InvalidInputError } from '../../errors.ts'
import { profileFields } from '../contacts/contact.ts'
import { LineCounter } from './line-counter.ts'
import { LineError, parseLine } from './line.ts'
import { maxLineBytes } from './read-lines.ts'
import type { ImportEntry } from './read-lines.ts'

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
  const skipped: CsvError[] = []
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxLineBytes,
    skip_records_with_error: true,
  })
  parser.on('skip', (error: CsvError) => skipped.push(error))
  const lines = new LineCounter()
  const source = Readable.from(lines.watch(chunks))
  source.on('error', (error) => parser.destroy(error))
  let fields: (string | undefined)[] | undefined
  let batch: ImportEntry[] = []
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<CsvRecord>) {
    if (!fields) {
      lines.lineEndingAt(info.bytes)
      fields = mapHeader(record, options)
      continue
    }
    for (const error of skipped.splice(0)) batch.push(damaged(error))
    const line = lines.lineEndingAt(info.bytes) - record.join('').split('\n').length + 1
    if (line > fromLine) batch.push(toEntry(record, { line, end: info.bytes }, fields))
    if (batch.length >= 1000) {
      yield batch
      batch = []
    }
  }
  for (const error of skipped) batch.push(damaged(error))
  yield batch
}

interface CsvRecord {
  record: string[]
  info: { bytes: number }
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

function damaged(error: CsvError): ImportEntry {
  const line = Number(error['lines'] ?? 0)
  const column = Number(error['column'] ?? error['index'] ?? 0) + 1
  return { line, end: Number(error['bytes'] ?? 0), text: '', problem: new LineError(error.message, column) }
}

function toEntry(
  record: readonly string[],
  at: { line: number; end: number },
  fields: readonly (string | undefined)[],
): ImportEntry {
  const place = { ...at, text: record.join(',') }
  if (record.length > fields.length)
    return {
      ...place,
      problem: new LineError(`has ${record.length} fields where the header has ${fields.length}`, fields.length + 1),
    }
  const values: Record<string, unknown> = { type: 'contact' }
  try {
    record.forEach((cell, i) => {
      const field = fields[i]
      if (field !== undefined && cell.trim() !== '') values[field] = toValue(field, cell.trim(), i + 1)
    })
    return { ...place, item: parseLine(JSON.stringify(values)) }
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    const field = fields.findIndex(
      (name) => name !== undefined && error.message.includes(name === 'email' ? 'e-mail' : `"${name}"`),
    )
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
