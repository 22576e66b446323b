// Which two years of a contact's activity are shown, and what of it. Used by contact-facts.ts and activity-strip.ts.

import type { EventKind } from '../../core/events/event.ts'

const day = 86_400_000
export const week = 7 * day
export const weeks = 105
/** What goes wrong, drawn together. */
export const troubleKinds: readonly EventKind[] = ['bounce', 'complaint', 'optout']
export const drawnKinds: readonly EventKind[] = ['send', 'open', 'click', ...troubleKinds]
const years = weeks * week

/** Ends now; where the contact has been silent for years, with the last it did. */
export function stripRange(lastAt: number, now: number): { from: number; until: number } {
  const end = lastAt > 0 && lastAt < now - years ? lastAt + 8 * week : now
  // Weeks begin on Monday; 1970 began on a Thursday.
  const until = Math.ceil((end - 4 * day) / week) * week + 4 * day
  return { from: until - years, until }
}
