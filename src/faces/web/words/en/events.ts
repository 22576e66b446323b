// Words for what contacts do, and for what is said of it.

import type { BounceCode, EventKind } from '../../../../core/events/event.ts'
import type { Reason } from '../../../../core/verdicts/hit.ts'

export const events = {
  kinds: {
    send: 'Sent', delivery: 'Delivered', open: 'Opened', click: 'Clicked', bounce: 'Bounced', complaint: 'Complained',
    forward: 'Forwarded', optout: 'Unsubscribed',
  } as Readonly<Record<EventKind, string>>, // oxfmt-ignore
  /** As the name of a column or a filter. */
  plural: {
    send: 'Sends', delivery: 'Deliveries', open: 'Opens', click: 'Clicks', bounce: 'Bounces', complaint: 'Complaints',
    forward: 'Forwards', optout: 'Unsubscribes',
  } as Readonly<Record<EventKind, string>>, // oxfmt-ignore
  meanings: {
    send: 'Handed to a server for this contact. Says nothing about arrival.',
    delivery: 'The next server accepted the message. It may lie in the spam folder, unread.',
    open: 'A picture of the message was fetched, by the reader or by a machine acting for it.',
    click: 'A link of the message was followed.',
    bounce: 'The message came back or was refused.',
    complaint: 'The contact’s provider reported the message as spam.',
    forward: 'The contact sent the message on through the form in it.',
    optout: 'No more mail is wanted.',
  } as Readonly<Record<EventKind, string>>,
  bounces: {
    B: 'no such address', D: 'undeliverable', F: 'mailbox full', S: 'suspended', V: 'auto-reply', X: 'other', Z: 'blocked',
  } as Readonly<Record<BounceCode, string>>, // oxfmt-ignore
  verdicts: { human: 'person', proxy: 'privacy proxy', machine: 'machine', probe: 'probe' },
  by: { contact: 'by the contact', customer: 'by the sender' },
  reasons: {
    method: 'asked in a way no browser asks', prefetch: 'the browser only looked ahead',
    hidden_link: 'took a link no reader sees', near_hidden_link: 'beside a visit to the hidden link',
    scanner_agent: 'a mail scanner by its own name', robot_agent: 'a robot by its own name',
    apple_mpp: 'Apple loads pictures for everybody', gmail_proxy: 'through Gmail’s picture proxy',
    yahoo_proxy: 'through Yahoo’s picture proxy', soon_after_delivery: 'seconds after delivery',
    many_links_at_once: 'many links at once', beside_another_visit: 'the same link twice within moments',
    network_of_walkers: 'its network visits every link', shared_address: 'one address for many contacts',
    listed_network: 'a network on your list of machines', no_agent: 'no browser named',
    stale_agent: 'a browser that only scanners claim', few_headers: 'says less than a browser does',
    unsubscribe_in_burst: 'visited the unsubscribe page with the links', no_browser: 'not a browser',
    unlike_its_browser: 'unlike the browser it claims to be', old_browser: 'a browser a year behind',
    walks_links: 'visited nearly all links', many_networks: 'from several networks at once',
    with_machine: 'together with a machine’s visit',
  } as Readonly<Record<Reason, string>>, // oxfmt-ignore
  reason: 'Reason',
  fields: {
    campaign: 'Campaign', url: 'Link', code: 'Kind of bounce', message: 'Server’s words', reason: 'Reason given',
    by: 'Asked', messageId: 'Message-ID', status: 'Status code', server: 'Server', tls: 'Encryption', queueId: 'Queue id',
    at: 'Happened', recordedAt: 'Recorded', verdict: 'Judged', id: 'Event id', address: 'From', agent: 'Program',
  }, // oxfmt-ignore
  raw: 'As JSON',
  curl: 'As a curl command for the API',
  showAll: 'Link to this event',
}
