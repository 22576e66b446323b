// The columns of bulk files: what they are called, and which part of a contact each one is (wire-2008 7.1).

import type { ProfileField } from '../contacts/contact.ts'

export type ColumnField = 'email' | 'firstName' | 'lastName' | 'emailType' | 'state' | 'country' | ProfileField

const customNumbers = Array.from({ length: 15 }, (_, i) => i + 1)

/** Names as they are written to files, with what they stand for; compared without case, spaces and marks. */
const names: readonly [name: string, field: ColumnField][] = [
  ['Email Address', 'email'],
  ['First Name', 'firstName'],
  ['Middle Name', 'middleName'],
  ['Last Name', 'lastName'],
  ['Job Title', 'jobTitle'],
  ['Company Name', 'companyName'],
  ['Work Phone', 'workPhone'],
  ['Home Phone', 'homePhone'],
  ['Address Line 1', 'addr1'],
  ['Address Line 2', 'addr2'],
  ['Address Line 3', 'addr3'],
  ['City', 'city'],
  ['State', 'state'],
  ['State/Province (US/Canada)', 'stateCode'],
  ['Country', 'country'],
  ['Postal Code', 'postalCode'],
  ['Sub Postal Code', 'subPostalCode'],
  ...customNumbers.map((n): [string, ColumnField] => [`Custom Field ${n}`, `customField${n}` as ProfileField]),
]

/** Others that files come with. */
const otherNames: readonly [name: string, field: ColumnField][] = [
  ['Email', 'email'],
  ['State/Province', 'state'],
  ['Zip', 'postalCode'],
  ['Zip Code', 'postalCode'],
  ['Company', 'companyName'],
  ['Note', 'note'],
  ['Notes', 'note'],
  ['Email Type', 'emailType'],
]

const fieldByName = new Map([...names, ...otherNames].map(([name, field]) => [squeeze(name), field]))
const headerByField = new Map(names.map(([name, field]) => [field, name]))

/** The part of a contact that a column of this name is; undefined for a name that stands for nothing. */
export function findColumn(name: string): ColumnField | undefined {
  return fieldByName.get(squeeze(name))
}

/** What the column is called in a file. */
export function columnHeader(field: ColumnField): string {
  return headerByField.get(field) ?? field
}

function squeeze(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}
