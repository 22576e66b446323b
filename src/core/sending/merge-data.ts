// What a template can print: the contact, the sender, and the addresses of the pages that belong to this one message.

import type { Campaign } from '../campaigns/campaign.ts'
import type { Contact } from '../contacts/contact.ts'

export interface PageUrls {
  unsubscribe: string
  preferences: string
  view: string
  /** Absent where readers can't forward. */
  forward?: string | undefined
}

export type MergeData = Readonly<Record<string, unknown>>

/** Who is addressed; all that a template may want to know of a contact, or of somebody who is none. */
export type Addressee = Pick<Contact, 'email' | 'firstName' | 'lastName' | 'profile'> & { contactId: number }

/**
 * Names in snake_case, as templates elsewhere have them, and in camelCase, as the API has them. Empty fields are absent, so
 * that `default` filters work. `more` is what came with a message of its own; it can't replace the rest.
 */
export function makeMergeData(
  campaign: Campaign,
  { contactId, email, firstName, lastName, profile }: Addressee,
  urls: PageUrls,
  more: MergeData = {},
): MergeData {
  const { content } = campaign
  return {
    ...more,
    contact: bothCases({ id: contactId, email, firstName, lastName, ...profile }),
    campaign: { id: campaign.campaignId, name: campaign.name },
    sender: withoutEmpty({ name: content.fromName, email: content.fromEmail }),
    organization: withoutEmpty({ name: content.organizationName, address: organizationLine(campaign) }),
    unsubscribe_url: urls.unsubscribe,
    preferences_url: urls.preferences,
    tracking_url: urls.preferences,
    view_url: urls.view,
    ...(urls.forward !== undefined && { forward_url: urls.forward }),
  }
}

/** The postal address in one line, without what is empty. */
export function organizationLine({ content }: Pick<Campaign, 'content'>): string {
  const city = [
    content.organizationCity,
    content.organizationState || content.organizationInternationalState,
    content.organizationPostalCode,
  ]
  return [
    content.organizationName,
    content.organizationAddress1,
    content.organizationAddress2,
    content.organizationAddress3,
    city.filter(Boolean).join(' '),
    content.organizationCountry?.toUpperCase(),
  ]
    .filter(Boolean)
    .join(', ')
}

function bothCases(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = withoutEmpty(fields)
  for (const [name, value] of Object.entries(named)) named[toSnakeCase(name)] = value
  return named
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''))
}
