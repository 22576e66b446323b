// Words of the page of one contact.

import type { ContactStatus } from '../../../../core/contacts/contact.ts'
import type { SuppressionReason } from '../../../../core/suppressions/suppression.ts'
import type { TrackingLevel } from '../../../../core/tracking/consent.ts'

export const contact = {
  statuses: { active: 'Active', unconfirmed: 'Unconfirmed', removed: 'On no list', 'do-not-mail': 'Unsubscribed' } as Readonly<Record<ContactStatus, string>>, // oxfmt-ignore
  tracking: { full: 'Tracked', aggregate: 'Counted only', none: 'Not tracked' } as Readonly<Record<TrackingLevel, string>>, // oxfmt-ignore
  trackingHints: {
    full: 'Opens and clicks are recorded one by one.',
    aggregate: 'Opens and clicks are counted with those of all readers.',
    none: 'Nothing is recorded. Links go on working.',
  } as Readonly<Record<TrackingLevel, string>>,
  suppressions: {
    optout: 'unsubscribed', manual: 'by hand', bounce: 'bounced', complaint: 'complained', erased: 'erased',
  } as Readonly<Record<SuppressionReason, string>>, // oxfmt-ignore
  /** After "because it". */
  suppressionCauses: {
    optout: 'unsubscribed', manual: 'was stopped by hand', bounce: 'bounced', complaint: 'complained', erased: 'was erased',
  } as Readonly<Record<SuppressionReason, string>>, // oxfmt-ignore
  suppressed: (reason: string) => `No mail: ${reason}`,
  id: (id: number) => `Contact ${id}`,
  previous: 'Previous contact',
  next: 'Next contact',
  neighbours: 'Contacts beside this one',
  actions: 'Actions',
  edit: 'Edit',
  export: 'Export everything',
  suppress: 'Stop all mail',
  unsuppress: 'Allow mail again',
  erase: 'Erase',
  consentChange: 'Change consent',
  summary: 'In short',
  tiles: {
    sent: 'Sent', delivered: 'Delivered', opens: 'Opens by people', clicks: 'Clicks by people', seen: 'Last seen',
    ofSent: (share: string) => `${share} of sent`, machines: (count: string) => `and ${count} by machines`,
    noMachines: 'none by machines', inCampaigns: (count: number) => count === 0 ? 'no mail yet' : `in ${count} campaign${count === 1 ? '' : 's'}`,
    bounced: (count: string) => `${count} bounced`, untold: 'not reported',
  }, // oxfmt-ignore
  activity: 'Two years of activity',
  noActivity: 'Nothing happened in these two years.',
  strip: (from: string, until: string) => `Activity by week from ${from} to ${until}`,
  stripWeek: (week: string, parts: string) => `Week of ${week}: ${parts}`,
  legend: { opens: 'Opens', clicks: 'Clicks', machines: 'Machines', sends: 'Sends', trouble: 'Bounces, complaints, unsubscribes' }, // oxfmt-ignore
  history: 'History',
  all: 'All',
  kinds: 'Kinds of events',
  filter: 'Filter',
  campaign: 'Campaign',
  anyCampaign: 'All campaigns',
  from: 'From',
  until: 'To',
  apply: 'Apply',
  clear: 'Clear filters',
  people: 'People only',
  everything: 'With machines',
  who: 'Whose doing',
  download: 'Download',
  more: 'Load older events',
  newest: 'Back to the newest',
  startsLater: (at: string) => `Older than ${at}`,
  noEvents: 'Nothing has happened yet',
  noEventsText: 'Sends, opens, clicks and everything else this contact does will stand here, newest first.',
  noMatch: 'Nothing matches these filters',
  keys: 'Keyboard',
  keyHelp: [
    ['/', 'search'], ['j, k', 'next and previous event'], ['Enter', 'open the event'], ['n, p', 'next and previous contact'],
    ['m', 'load older events'], ['?', 'this help'],
  ] as readonly (readonly [string, string])[], // oxfmt-ignore
  keysOff: 'Keys of one letter',
  close: 'Close',
  details: 'Details',
  lists: 'Lists',
  noLists: 'On no list.',
  fields: {
    name: 'Name', email: 'E-mail', added: 'Added', optIn: 'Opted in', optOut: 'Opted out', reason: 'Reason', format: 'Format',
    company: 'Company', job: 'Job', place: 'Place', phone: 'Phone', note: 'Note',
  }, // oxfmt-ignore
  by: { contact: 'by itself', customer: 'by the sender' },
  consent: 'Consent to tracking',
  consentNone: 'Nothing is on record about it: the default holds.',
  consentSource: (source: string) => `through ${source}`,
  consentChoose: 'What may be recorded',
  consentWording: 'How you know',
  consentWordingHint: 'The words the contact agreed to, or where it said so. Kept as evidence.',
  customField: (no: string) => `Custom field ${no}`,
  eraseTitle: (email: string) => `Erase ${email}?`,
  eraseText:
    'Who it was, what it did and what was sent to it are deleted for good. Campaign totals stay exact. The address is remembered as a keyed digest alone, so that nobody mails it by mistake.',
  eraseConfirm: 'Type the address to confirm',
  eraseMismatch: 'This is not the address of the contact.',
  eraseButton: 'Erase for good',
  suppressTitle: (email: string) => `Stop all mail to ${email}?`,
  suppressText:
    'No campaign and no single message goes to this address until somebody allows it again. Lists stay as they are.',
  unsuppressTitle: (email: string) => `Allow mail to ${email} again?`,
  unsuppressText: (cause: string) =>
    `Mail was stopped because it ${cause}. Make sure that mail is wanted and arrives: mailing such addresses costs reputation.`,
  exportTitle: (email: string) => `Export everything about ${email}`,
  exportText:
    'One JSON document with all there is: details, lists, consents, messages, events, verdicts and raw requests. It is what a person may ask you for.',
  exportButton: 'Download',
}
