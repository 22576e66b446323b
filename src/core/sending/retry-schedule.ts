// When a message that was refused for now is tried again, and when it is given up (the old service took three days).

const minute = 60_000

/** After the first attempt, the second and so on; the last one again and again. In ms. */
export const retryPauses: readonly number[] = [5, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * minute)
/** How long a message is tried, from the first attempt. In ms. */
const longestTrying = 72 * 60 * minute

/** When to try next after `attempts` of them; undefined when that would be too late, and it has failed. */
export function nextTryAt(
  attempts: number,
  firstTriedAt: number,
  now: number,
  pauses = retryPauses,
): number | undefined {
  const pause = pauses[Math.min(attempts, pauses.length) - 1] ?? pauses[0]!
  const at = now + pause
  return at - firstTriedAt > longestTrying ? undefined : at
}
