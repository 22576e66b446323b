// ColdFusion: every element of a resource is read without looking whether it is there (2.3, 5.2), the campaign's name and
// link of each event too, whose path gets the host put before it (rule 15).

import type { Element } from '@xmldom/xmldom'
import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { atom, child, children, ctct, elements, nextByRel, parse, textAt } from './dom.ts'
import { account } from './old-client.ts'
import type { OldClient, OldEntry } from './old-client.ts'

const words = (text: string): string[] => text.split(' ')
const numbered = Array.from({ length: 15 }, (_, i) => `CustomField${i + 1}`)

/** What it reads of a whole resource, every time. */
const unguarded: Readonly<Record<string, readonly string[]>> = {
  Contact: [
    ...words(
      'Status EmailAddress EmailType Name FirstName MiddleName LastName JobTitle CompanyName HomePhone WorkPhone',
    ),
    ...words('Addr1 Addr2 Addr3 City StateCode StateName CountryCode CountryName PostalCode SubPostalCode Note'),
    ...numbered,
    ...words('Confirmed InsertTime LastUpdateTime'),
  ],
  ContactList: words('Name ShortName OptInDefault SortOrder DisplayOnSignup ContactCount'),
  Campaign: [
    ...words('Name Status Date Sent Opens Clicks Bounces Forwards OptOuts SpamReports SharePageURL Subject FromName'),
    ...words(
      'CampaignType ViewAsWebpage ViewAsWebpageLinkText ViewAsWebpageText PermissionReminder PermissionReminderText',
    ),
    ...words(
      'GreetingSalutation GreetingName GreetingString OrganizationName OrganizationAddress1 OrganizationAddress2',
    ),
    ...words(
      'OrganizationAddress3 OrganizationCity OrganizationState OrganizationInternationalState OrganizationCountry',
    ),
    ...words('OrganizationPostalCode IncludeForwardEmail ForwardEmailLinkText IncludeSubscribeLink SubscribeLinkText'),
    ...words('ArchiveStatus ArchiveURL EmailContentFormat EmailContent EmailTextContent StyleSheet Urls ContactLists'),
    ...words('FromEmail/EmailAddress ReplyToEmail/EmailAddress'),
  ],
}

export function coldFusionClient(network: Network): OldClient {
  const { origin } = network
  const entryOf = (entry: Element): OldEntry => {
    const payload = elements(child(entry, 'content'))[0]!
    const field = (path: string): string => textAt(payload, path)
    if (/Event$|Summary$/.test(payload.tagName)) readCampaignOf(origin, payload)
    const [link] = children(entry, 'link')
    return { address: origin + (link?.getAttribute('href') ?? ''), field }
  }
  return {
    at: (path) => `${origin}${account}${path}`,
    searchFor: (email) => `/contacts?email=${encodeURIComponent(email)}`,
    ask: (method, address, body) =>
      send(network, method, address, {
        headers: { Authorization: authorization, 'Content-Type': 'application/atom+xml' },
        ...(body !== undefined && { body }),
      }),
    readPage(text) {
      const feed = parse(text)
      const next = nextByRel(feed)
      return { entries: children(feed, 'entry').map(entryOf), next: next && origin + next }
    },
    readEntry(text) {
      const entry = parse(text)
      const payload = elements(child(entry, 'content'))[0]!
      for (const name of unguarded[payload.tagName] ?? []) textAt(payload, name)
      return entryOf(entry)
    },
    newEntry: (payload, inside) =>
      `<?xml version="1.0" encoding="UTF-8"?><entry xmlns="${atom}"><id>data:,</id><title /><author /><updated>2008-04-16</updated>` +
      `<content type="application/vnd.ctct+xml"><${payload} xmlns="${ctct}">${inside}</${payload}></content></entry>`,
    contact: ({ email, firstName, lists, by }) =>
      `<OptInSource>${by}</OptInSource><EmailAddress>${email}</EmailAddress><FirstName>${firstName}</FirstName><OptInSource>${by}</OptInSource>` +
      `<ContactLists>${lists.map((id) => `<ContactList id="http://api.constantcontact.com${account}/lists/${id}"/>`).join('')}</ContactLists>`,
    edit(text, { firstName, lists = [1], by = 'ACTION_BY_CUSTOMER' }) {
      const entry = this.readEntry(text)
      const email = entry.field('EmailAddress')
      return this.newEntry(
        'Contact',
        this.contact({ email, firstName: firstName ?? entry.field('FirstName'), lists, by }),
      )
    },
    isDone: (reply) => ![400, 401, 403, 404, 409, 415, 500].includes(reply.status),
  }
}

function readCampaignOf(origin: string, payload: Element): void {
  const campaign = child(payload, 'Campaign', ctct)
  const href = origin + child(campaign, 'link').getAttribute('href')!
  if (new URL(href).origin !== origin) throw new Error(`${href} is not where the campaign is`)
  if (textAt(campaign, 'Name') === '') throw new Error('the campaign has no name')
}
