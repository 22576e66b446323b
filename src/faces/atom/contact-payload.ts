// A contact as clients send it, to what the store is told (wire-2008 2.3 to 2.5).

import type { ActionBy, Profile, ProfileField } from '../../core/contacts/contact.ts'
import { profileFields } from '../../core/contacts/contact.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { maxFieldLength } from '../../core/contacts/field-length.ts'
import { completePlace } from '../../core/contacts/place.ts'
import type { ContactWrite } from '../../core/contacts/write-contact.ts'
import { InvalidInputError } from '../../errors.ts'
import { childNamed, childrenNamed, childText, idAfter } from './read-entry.ts'
import type { XmlElement } from './read-xml.ts'

// 50 is what the later API documents; the others are guesses (2.3).
const maxWord = 50
const maxEmail = 80
/** Other ways in take any address there can be, and what we show is taken back (0b). */
const maxHeldEmail = 254

/** Elements in any order, read-only and unknown ones ignored (0.12). Throws InvalidInputError. */
export function readContact(payload: XmlElement, kind: 'new' | 'update'): ContactWrite {
  const email = childText(payload, 'EmailAddress', kind === 'new' ? maxEmail : maxHeldEmail)
  const profile: Profile = {}
  for (const field of profileFields) {
    const value = childText(payload, elementName(field), maxFieldLength(field))
    if (value !== undefined) profile[field] = value
  }
  const fields = {
    email: email === undefined || email === '' ? undefined : parseEmail(email),
    emailType: readEmailType(childText(payload, 'EmailType', maxWord)),
    firstName: childText(payload, 'FirstName', maxFieldLength('firstName')),
    lastName: childText(payload, 'LastName', maxFieldLength('lastName')),
    // The names follow from the codes (2.3).
    profile: completePlace(profile),
  }
  return { fields, by: readAction(childText(payload, 'OptInSource', maxWord)), listIds: readLists(payload) }
}

/** Of a contact's profile field, or its name as an element: `customField1` is `CustomField1`. */
export function elementName(field: ProfileField): string {
  return field.charAt(0).toUpperCase() + field.slice(1)
}

function readEmailType(text: string | undefined): 'html' | 'text' | undefined {
  const type = text?.toLowerCase()
  if (type === undefined || type === '') return undefined
  if (type !== 'html' && type !== 'text') throw new InvalidInputError('EmailType is HTML or Text')
  return type
}

// Without one it is the owner who asks (a guess, 2.4).
function readAction(text: string | undefined): ActionBy {
  if (text === undefined || text === '' || text === 'ACTION_BY_CUSTOMER') return 'customer'
  if (text === 'ACTION_BY_CONTACT') return 'contact'
  throw new InvalidInputError('OptInSource is ACTION_BY_CUSTOMER or ACTION_BY_CONTACT')
}

function readLists(payload: XmlElement): number[] {
  const lists = childNamed(payload, 'ContactLists')
  if (!lists) return []
  return [...new Set(childrenNamed(lists, 'ContactList').map((list) => idAfter('lists', list.attributes.get('id'))))]
}
