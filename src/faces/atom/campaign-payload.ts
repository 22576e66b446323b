// A campaign as clients send it, to what the store is told (wire-2008 5.2, 5.3).

import type { CampaignContent, ContentField } from '../../core/campaigns/campaign.ts'
import type { CampaignWrite } from '../../core/campaigns/write-campaign.ts'
import { normalizeEmail } from '../../core/contacts/email.ts'
import { InvalidInputError } from '../../errors.ts'
import { childNamed, childrenNamed, childText, idAfter } from './read-entry.ts'
import type { XmlElement } from './read-xml.ts'

/** Element of each part that is plain text, in the order they are written (5.2). */
export const contentElements: readonly [element: string, field: ContentField][] = [
  ['SharePageURL', 'sharePageUrl'],
  ['Subject', 'subject'],
  ['FromName', 'fromName'],
  ['ViewAsWebpage', 'viewAsWebpage'],
  ['ViewAsWebpageLinkText', 'viewAsWebpageLinkText'],
  ['ViewAsWebpageText', 'viewAsWebpageText'],
  ['PermissionReminder', 'permissionReminder'],
  ['PermissionReminderText', 'permissionReminderText'],
  ['GreetingSalutation', 'greetingSalutation'],
  ['GreetingName', 'greetingName'],
  ['GreetingString', 'greetingString'],
  ['OrganizationName', 'organizationName'],
  ['OrganizationAddress1', 'organizationAddress1'],
  ['OrganizationAddress2', 'organizationAddress2'],
  ['OrganizationAddress3', 'organizationAddress3'],
  ['OrganizationCity', 'organizationCity'],
  ['OrganizationState', 'organizationState'],
  ['OrganizationInternationalState', 'organizationInternationalState'],
  ['OrganizationCountry', 'organizationCountry'],
  ['OrganizationPostalCode', 'organizationPostalCode'],
  ['IncludeForwardEmail', 'includeForwardEmail'],
  ['ForwardEmailLinkText', 'forwardEmailLinkText'],
  ['IncludeSubscribeLink', 'includeSubscribeLink'],
  ['SubscribeLinkText', 'subscribeLinkText'],
  ['ArchiveStatus', 'archiveStatus'],
  ['ArchiveURL', 'archiveUrl'],
  ['EmailContentFormat', 'emailContentFormat'],
  ['EmailContent', 'html'],
  ['EmailTextContent', 'text'],
  ['StyleSheet', 'styleSheet'],
]

/** Set by the server alone. */
const readOnly: ReadonlySet<string> = new Set(['SharePageURL', 'ArchiveStatus', 'ArchiveURL'])
const maxText = 500
const maxName = 80
const maxBody = 2_000_000
const bodies: ReadonlySet<string> = new Set(['EmailContent', 'EmailTextContent', 'StyleSheet'])

const choices: Readonly<Record<string, readonly string[]>> = {
  GreetingName: ['FirstName', 'LastName', 'FirstAndLastName', 'None'],
  EmailContentFormat: ['HTML', 'XHTML'],
  ...Object.fromEntries(
    ['ViewAsWebpage', 'PermissionReminder', 'IncludeForwardEmail', 'IncludeSubscribeLink'].map((flag) => [
      flag,
      ['YES', 'NO'],
    ]),
  ),
}

/** Status, dates and counters are ignored (5.3). Throws InvalidInputError. */
export function readCampaign(payload: XmlElement): CampaignWrite {
  const content: CampaignContent = {}
  for (const [element, field] of contentElements) {
    const text = readOnly.has(element)
      ? undefined
      : childText(payload, element, bodies.has(element) ? maxBody : maxText)
    if (text !== undefined) content[field] = checked(element, text)
  }
  if (content.text && !/<Text[\s>]/.test(content.text))
    throw new InvalidInputError('EmailTextContent needs a <Text> element')
  for (const [element, field] of [
    ['FromEmail', 'fromEmail'],
    ['ReplyToEmail', 'replyToEmail'],
  ] as const) {
    const address = childNamed(payload, element)
    const email = address && childText(address, 'EmailAddress', maxText)
    if (email !== undefined) content[field] = normalizeEmail(email)
  }
  const lists = childNamed(payload, 'ContactLists')
  const listIds =
    lists && childrenNamed(lists, 'ContactList').map((list) => idAfter('lists', list.attributes.get('id')))
  return { name: childText(payload, 'Name', maxName) || undefined, content, listIds: listIds && [...new Set(listIds)] }
}

function checked(element: string, text: string): string {
  const allowed = choices[element]
  if (!allowed || text === '') return text
  // One documentation example has First_Name (5.2).
  const choice = allowed.find((known) => known === text.replace('_', ''))
  if (!choice) throw new InvalidInputError(`${element} is one of ${allowed.join(', ')}`)
  return choice
}

/** A new campaign with all that the old service's own forms demanded of one (5.3); throws InvalidInputError. */
export function requireComplete(write: CampaignWrite): CampaignWrite & { name: string } {
  const { name, content } = write
  const missing = [
    ['Subject', content.subject],
    ['FromName', content.fromName],
    ['FromEmail', content.fromEmail],
    ['ReplyToEmail', content.replyToEmail],
    ['EmailContent', content.html],
  ].find(([, value]) => !value)
  if (!name || missing) throw new InvalidInputError(`a new campaign needs a ${missing?.[0] ?? 'Name'}`)
  return { ...write, name }
}
