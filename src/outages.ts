// Says in the log that the store can't be reached, but not once for each of the requests that meet it. Made by app.ts,
// told by the faces.

import type { UnavailableError } from './errors.ts'
import type { Log } from './log.ts'

/** Between two lines that say the same. In ms. */
const interval = 10_000

/** Notes that a request was turned away with "try again". */
export type NoteOutage = (error: UnavailableError) => void

export function createOutageNotes(log: Log, now: () => number): NoteOutage {
  let reason: string | undefined
  let saidAt = 0
  let unsaid = 0
  return (error) => {
    const age = now() - saidAt
    if (error.message === reason && age >= 0 && age < interval) {
      unsaid++
      return
    }
    log.warn({ reason: error.message, ...(unsaid > 0 && { unsaid }) }, 'requests are turned away')
    reason = error.message
    saidAt = now()
    unsaid = 0
  }
}
