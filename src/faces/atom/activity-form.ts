// What the form of an activity asks for, to what the store is told (wire-2008 7.1).

import type { ActivityRequest, ExportRequest } from '../../core/activities/activity.ts'
import { findColumn } from '../../core/activities/columns.ts'
import type { ColumnField } from '../../core/activities/columns.ts'
import type { NewActivity } from '../../core/activities/submit-activity.ts'
import { InvalidInputError } from '../../errors.ts'
import type { Form } from './form.ts'
import { systemLists } from './lists.ts'
import { idAfter } from './read-entry.ts'

// The first three are one: what is added is decided by the columns.
const types: Readonly<Record<string, NewActivity['type']>> = {
  SV_ADD: 'add',
  ADD_CONTACTS: 'add',
  ADD_CONTACT_DETAIL: 'add',
  REMOVE_CONTACTS_FROM_LISTS: 'remove',
  CLEAR_CONTACTS_FROM_LISTS: 'clear',
  EXPORT_CONTACTS: 'export',
}
/** The text itself, without what was encoded. */
const maxDataBytes = 20 * 2 ** 20
const maxLists = 1000

/** Throws InvalidInputError with the name of the field at fault. */
export function readActivityForm(form: Form): NewActivity {
  const type = types[textOf(form, 'activityType').toUpperCase()]
  if (!type) throw new InvalidInputError(`activityType is one of ${Object.keys(types).join(', ')}`, 'activityType')
  if (type === 'export') return { type, request: { listIds: [], export: readExportRequest(form) } }
  const request: ActivityRequest = { listIds: readLists(form) }
  if (type === 'clear') return { type, request }
  const [input] = form.get('data') ?? []
  if (!input || input.length === 0) throw new InvalidInputError('this activity needs data', 'data')
  if (input.length > maxDataBytes) throw new InvalidInputError(`data is larger than ${maxDataBytes} bytes`, 'data')
  return { type, request, input }
}

function readLists(form: Form): number[] {
  const given = textsOf(form, 'lists').filter((text) => text !== '')
  if (given.length === 0) throw new InvalidInputError('this activity needs lists', 'lists')
  if (given.length > maxLists) throw new InvalidInputError(`more than ${maxLists} lists`, 'lists')
  return [...new Set(given.map((text) => idAfter('lists', text)))]
}

function readExportRequest(form: Form): ExportRequest {
  const fileType = textOf(form, 'fileType').toLowerCase() || 'csv'
  if (fileType !== 'csv' && fileType !== 'txt') throw new InvalidInputError('fileType is CSV or TXT', 'fileType')
  const sortBy = textOf(form, 'sortBy').toUpperCase() || 'EMAIL_ADDRESS'
  if (sortBy !== 'EMAIL_ADDRESS' && sortBy !== 'DATE_DESC')
    throw new InvalidInputError('sortBy is EMAIL_ADDRESS or DATE_DESC', 'sortBy')
  return {
    of: readExported(textOf(form, 'listId')),
    fileType,
    columns: readColumns(form),
    hasOptInDate: isTrue(form, 'exportOptDate'),
    hasOptInSource: isTrue(form, 'exportOptSource'),
    hasListName: isTrue(form, 'exportListName'),
    order: sortBy === 'EMAIL_ADDRESS' ? 'email' : 'newest-first',
  }
}

// System lists too.
function readExported(listId: string): ExportRequest['of'] {
  const system = systemLists.get(/\/lists\/([a-z-]+)\/?$/i.exec(listId)?.[1]?.toLowerCase() ?? '')
  return system ? { status: system.status } : { listId: idAfter('lists', listId) }
}

// The address is always exported, and stands first.
function readColumns(form: Form): ColumnField[] {
  const columns = textsOf(form, 'columns')
    .filter((name) => name !== '')
    .map((name) => {
      const field = findColumn(name)
      if (!field) throw new InvalidInputError(`there is no column "${name}"`, 'columns')
      return field
    })
  return [...new Set(columns)].filter((field) => field !== 'email')
}

function isTrue(form: Form, name: string): boolean {
  const text = textOf(form, name).toLowerCase() || 'false'
  if (text !== 'true' && text !== 'false') throw new InvalidInputError(`${name} is true or false`, name)
  return text === 'true'
}

function textOf(form: Form, name: string): string {
  return textsOf(form, name)[0] ?? ''
}

function textsOf(form: Form, name: string): string[] {
  return (form.get(name.toLowerCase()) ?? []).map((bytes) => Buffer.from(bytes).toString('utf8').trim())
}
