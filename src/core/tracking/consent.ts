// How much may be kept of what a contact does: asked when a mail is rendered and again when it is read.

/** From the most to the least: told event by event, only counted, or nothing. */
export const trackingLevels = ['full', 'aggregate', 'none'] as const
export type TrackingLevel = (typeof trackingLevels)[number]

/** Of a contact's and a campaign's, the one that keeps less. */
export function stricter(a: TrackingLevel, b: TrackingLevel): TrackingLevel {
  return trackingLevels.indexOf(a) > trackingLevels.indexOf(b) ? a : b
}
