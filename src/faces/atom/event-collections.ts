// The six event collections of the old wire: path, ledger word and titles (wire-2008 3.1, 3.2, 3.3), in the index's order.

import type { EventKind } from '../../core/events/event.ts'
import { NotFoundError } from '../../errors.ts'

export interface EventCollection {
  kind: EventKind
  /** `{title} Events for Customer: ...` */
  title: string
  /** `{entryTitle} for Customer: ...` */
  entryTitle: string
  /** Name of the payload element; the opt-out's is a setting. */
  element: string
}

export const eventCollections: Readonly<Record<string, EventCollection>> = {
  bounces: { kind: 'bounce', title: 'Bounce', entryTitle: 'Bounce Event', element: 'BounceEvent' },
  clicks: { kind: 'click', title: 'Click', entryTitle: 'Click Event', element: 'ClickEvent' },
  forwards: { kind: 'forward', title: 'Forward', entryTitle: 'Forward Event', element: 'ForwardEvent' },
  opens: { kind: 'open', title: 'Open', entryTitle: 'Open Event', element: 'OpenEvent' },
  optouts: { kind: 'optout', title: 'Opt-out', entryTitle: 'Opt-out Event', element: 'OptoutEvent' },
  sends: { kind: 'send', title: 'Send', entryTitle: 'Email Send Event', element: 'SentEvent' },
}

/** By its name in a path; throws NotFoundError. */
export function getEventCollection(name: string): EventCollection {
  const collection = Object.hasOwn(eventCollections, name) ? eventCollections[name] : undefined
  if (!collection) throw new NotFoundError(`there is no event collection "${name}"`)
  return collection
}
