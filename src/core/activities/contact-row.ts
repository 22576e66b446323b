// One line of an uploaded file as what it says of a contact. Used by add-contacts.ts and remove-contacts.ts.

import type { Profile } from '../contacts/contact.ts'
import { parseEmail } from '../contacts/email.ts'
import { maxFieldLength } from '../contacts/field-length.ts'
import { findCountry, findState } from '../contacts/place.ts'
import type { ActivityError } from './activity.ts'
import { columnHeader } from './columns.ts'
import type { ColumnField } from './columns.ts'
import type { Row } from './read-rows.ts'

export interface ContactRow {
  line: number
  email: string
  fields: { firstName?: string; lastName?: string; emailType?: 'html' | 'text' }
  profile: Profile
}

/** What the line says, or why it can't be taken. */
export function readContactRow({ line, cells, problem }: Row): ContactRow | ActivityError {
  const shown = cells.get('email') ?? ''
  const refuse = (message: string): ActivityError => ({ line, email: shown.slice(0, 320), message })
  if (problem !== undefined) return refuse(problem)
  if (shown === '') return refuse('There is no e-mail address in this line')
  const row: ContactRow = { line, email: '', fields: {}, profile: {} }
  try {
    row.email = parseEmail(shown)
  } catch (error) {
    return refuse(sentence((error as Error).message))
  }
  for (const [field, text] of cells) {
    const message = field === 'email' ? undefined : readCell(row, field, text)
    if (message !== undefined) return refuse(message)
  }
  return row
}

// Fills the field in; or says why not.
function readCell(
  { fields, profile }: ContactRow,
  field: Exclude<ColumnField, 'email'>,
  text: string,
): string | undefined {
  if (text.length > maxFieldLength(field))
    return `${columnHeader(field)} is longer than ${maxFieldLength(field)} characters`
  if (field === 'firstName' || field === 'lastName') fields[field] = stored(text)
  else if (field === 'emailType') {
    const type = text.toLowerCase()
    if (type !== 'html' && type !== 'text') return 'Email Type is HTML or Text'
    fields.emailType = type
  } else if (field === 'stateCode' || field === 'state') {
    const state = findState(text)
    // In the words of the old service (7.2).
    if (!state && field === 'stateCode') return `Unknown US/Canadian state/prov "${text}"`
    Object.assign(profile, state ?? { stateName: stored(text) })
  } else if (field === 'country') Object.assign(profile, findCountry(text) ?? { countryName: stored(text) })
  else profile[field] = stored(text)
  return undefined
}

// NUL is no text on every engine.
function stored(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}

/** A failure's message as it is told of a line. */
export function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1)
}
