// A contact as the API shows it and takes it in. Used by contacts.ts and by whatever shows one in passing.

import { z } from 'zod'
import { contactStatuses, profileFields } from '../../core/contacts/contact.ts'
import type { Contact, ContactSummary, Profile } from '../../core/contacts/contact.ts'
import { getContact } from '../../core/contacts/contact.ts'
import { listMemberships } from '../../core/lists/membership.ts'
import { getTracking, trackingLevels } from '../../core/tracking/consent.ts'
import type { Reader } from '../../db/db.ts'
import { email, id, pageOf, text, time, timeOrNull, timeText } from './schemas.ts'

export const contactId = id.meta({ description: 'Id of a contact.', examples: [32] })
export const actionBy = z.enum(['contact', 'customer']).meta({
  id: 'ActionBy',
  description: 'Who acts: the contact itself, or the owner of the account.',
})
export const status = z.enum(contactStatuses).meta({
  id: 'ContactStatus',
  description:
    '`active` and `unconfirmed` contacts get mail; `removed` ones are on no list; `do-not-mail` ones opted out.',
})
export const tracking = z.enum(trackingLevels).meta({
  id: 'TrackingLevel',
  description: 'How much may be kept of what a contact does: `full`, counted only (`aggregate`), or `none`.',
})

const summaryFields = {
  id: contactId,
  email,
  status,
  emailType: z.enum(['html', 'text']),
  firstName: z.string(),
  lastName: z.string(),
  confirmed: z.boolean(),
  optInAt: time.nullable(),
  optInSource: actionBy.nullable(),
  optOutAt: time.nullable(),
  optOutSource: actionBy.nullable(),
  optOutReason: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
}

export const contactSummary = z.strictObject(summaryFields).meta({
  id: 'ContactSummary',
  description: 'A contact without its profile and lists.',
})

const profileNames = Object.fromEntries(profileFields.map((field) => [field, z.string().optional()])) as Record<
  (typeof profileFields)[number],
  z.ZodOptional<z.ZodString>
>
const profile = z.strictObject(profileNames).meta({ id: 'Profile', description: 'Fields nobody searches by.' })

export const contactDocument = z
  .strictObject({
    ...summaryFields,
    tracking,
    profile,
    lists: z.array(z.strictObject({ id, name: z.string(), optInAt: time, optInSource: actionBy })),
  })
  .meta({ id: 'Contact' })

export const contactPage = pageOf('ContactPage', contactSummary)

const limits = { text: 500, note: 4000 }
const profileChanges = Object.fromEntries(
  profileFields.map((field) => [
    field,
    text(field === 'note' ? limits.note : limits.text)
      .nullable()
      .optional(),
  ]),
) as Record<(typeof profileFields)[number], z.ZodOptional<z.ZodNullable<z.ZodString>>>

const writable = {
  emailType: z.enum(['html', 'text']).optional(),
  firstName: text(limits.text).optional(),
  lastName: text(limits.text).optional(),
  profile: z
    .strictObject(profileChanges)
    .optional()
    .meta({ description: 'Only the fields to change; null clears one.' }),
  lists: z
    .array(id)
    .max(200)
    .optional()
    .meta({ description: 'Ids of the lists the contact is on afterwards, and no others.' }),
  by: actionBy
    .optional()
    .meta({ description: 'Who asks for it; `customer` when absent. Only `contact` brings back who opted out.' }),
}

export const newContact = z.strictObject({ email, ...writable }).meta({ id: 'NewContact' })
export const contactChange = z.strictObject({ email: email.optional(), ...writable }).meta({
  id: 'ContactChange',
  description: 'What is absent stays as it is.',
})

type Given = z.output<typeof contactChange>

/** What core/ takes of it. */
export function fieldsOf({ emailType, firstName, lastName, profile: given = {} }: Given): {
  emailType?: 'html' | 'text' | undefined
  firstName?: string | undefined
  lastName?: string | undefined
  profile: Profile
} {
  const cleared = Object.entries(given).map(([field, value]) => [field, value ?? ''])
  return { emailType, firstName, lastName, profile: Object.fromEntries(cleared) as Profile }
}

/** The whole contact; throws NotFoundError. */
export async function showContact(
  db: Reader,
  accountId: number,
  contactId: number,
): Promise<z.input<typeof contactDocument>> {
  const contact = await getContact(db, accountId, contactId)
  const level = await getTracking(db, accountId, contactId)
  const memberships = await listMemberships(db, accountId, contactId)
  return {
    ...summaryJson(contact),
    tracking: level,
    profile: filled(contact),
    lists: memberships.map(({ listId, listName, optInAt, optInSource }) => {
      return { id: listId, name: listName, optInAt: timeText(optInAt), optInSource }
    }),
  }
}

// An empty field is one that was cleared.
function filled({ profile: held }: Contact): Profile {
  return Object.fromEntries(Object.entries(held).filter(([, value]) => value !== '')) as Profile
}

export function summaryJson(contact: ContactSummary): z.input<typeof contactSummary> {
  return {
    id: contact.contactId,
    email: contact.email,
    status: contact.status,
    emailType: contact.emailType,
    firstName: contact.firstName,
    lastName: contact.lastName,
    confirmed: contact.confirmed,
    optInAt: timeOrNull(contact.optInAt),
    optInSource: contact.optInSource,
    optOutAt: timeOrNull(contact.optOutAt),
    optOutSource: contact.optOutSource,
    optOutReason: contact.optOutReason,
    createdAt: timeText(contact.createdAt),
    updatedAt: timeText(contact.updatedAt),
  }
}
