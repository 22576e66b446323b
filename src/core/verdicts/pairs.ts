// S3: one link asked for twice in moments by two clients. Click-time checks of mail security look like this: the
// scanner beside the reader. Called by classify with the points of the other rules.

import type { Suspicion } from './scored-rules.ts'
import type { VerdictSettings } from './settings.ts'
import { around, isSameAgent, isSameNetwork } from './visits.ts'
import type { Visit } from './visits.ts'

/** What the other rules gave: all of them (machineAt or more for a certain machine), and those on one hit alone. */
export interface Points {
  all: number
  alone: number
}

/** What S3 adds for one visit. */
export function suspectPair(
  visits: readonly Visit[],
  index: number,
  pointsOf: (visit: Visit) => Points,
  settings: VerdictSettings,
): Suspicion | undefined {
  const visit = visits[index]!
  const { kinWithin, kinPoints, strangersWithin, strangerPoints } = settings.pair
  const partners = around(visits, index, Math.max(kinWithin, strangersWithin)).filter(
    (other) =>
      other !== visit &&
      other.target === visit.target &&
      !other.isProbe &&
      // Beside a machine a reader is no less a reader.
      pointsOf(other).all < settings.machineAt,
  )
  let worst = 0
  for (const other of partners) {
    const gap = Math.abs(other.at - visit.at)
    const isStranger = !isSameNetwork(other, visit) && !isSameAgent(other, visit)
    // No such check calls itself a telephone, while a telephone's app hands over to its browser.
    if (
      isStranger &&
      !visit.agent.isPhone &&
      gap <= strangersWithin &&
      isLikelierMachine(visit, other, pointsOf, settings)
    )
      worst = Math.max(worst, strangerPoints)
    const isKin = !isStranger && !(isSameNetwork(other, visit) && isSameAgent(other, visit))
    if (isKin && gap <= kinWithin && isBefore(visit, other)) worst = Math.max(worst, kinPoints)
  }
  return worst > 0 ? { reason: 'beside_another_visit', points: worst } : undefined
}

// The one with more against it; else the one whose client opened nothing; else, if moments lie between, the earlier.
function isLikelierMachine(
  visit: Visit,
  other: Visit,
  pointsOf: (visit: Visit) => Points,
  settings: VerdictSettings,
): boolean {
  const points = pointsOf(visit).alone - pointsOf(other).alone
  if (points !== 0) return points > 0
  if (visit.isOpener !== other.isOpener) return other.isOpener
  return Math.abs(visit.at - other.at) <= settings.pair.earlierWithin && isBefore(visit, other)
}

function isBefore(visit: Visit, other: Visit): boolean {
  return visit.at < other.at || (visit.at === other.at && visit.hit.hitId < other.hit.hitId)
}
