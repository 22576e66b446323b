// When a delivery is tried again, what an answer means, and when an endpoint is given up. Pure; used by settle-batch.ts.

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** After the first attempt, the second and so on; the last one again and again. In ms. */
const pauses = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour] as const // oxfmt-ignore
/** Each pause is so much longer at most, by chance: not all at once. */
const jitter = 0.1
/** Nobody rests us longer. In ms. */
const longestRest = hour
/** For who asks for less without saying for how long. In ms. */
const usualRest = 10 * second
/** An endpoint that accepts nothing for so long is disabled. In ms. */
export const longestFailing = 5 * 24 * hour
/** Statuses that ask for less. */
const slowing = new Set([429, 502, 503, 504])

/** What became of one request. */
export interface Answer {
  /** Undefined when there was no answer. */
  status: number | undefined
  /** Why it counts as a failure; undefined for 2xx. */
  problem: string | undefined
  /** In ms, of slowing answers. */
  rest: number | undefined
}

export function judgeAnswer(status: number, retryAfter: string | undefined, now: number): Answer {
  const problem = status >= 200 && status < 300 ? undefined : `it answered ${status}`
  const why = status >= 300 && status < 400 ? `${problem}, and redirects are not followed` : problem
  return { status, problem: why, rest: slowing.has(status) ? restOf(retryAfter, now) : undefined }
}

// RFC 9110 10.2.3: seconds or a date.
function restOf(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return usualRest
  const wanted = /^\d+$/.test(retryAfter) ? Number(retryAfter) * second : Date.parse(retryAfter) - now
  return Number.isNaN(wanted) ? usualRest : Math.min(Math.max(wanted, second), longestRest)
}

/** How long to wait behind so many attempts; `chance` is from 0 to 1. */
export function pauseAfter(attempts: number, chance: number): number {
  const pause = pauses[Math.min(attempts, pauses.length) - 1] ?? pauses[0]
  return Math.round(pause * (1 + jitter * chance))
}

/**
 * Whether an event has been tried to the end of the schedule while its endpoint took others: it is this one that is not
 * wanted. What fails with all others waits for as long as the endpoint does.
 */
export function isHopeless(attempts: number, failedAt: number, acceptedAt: number | null): boolean {
  return attempts > pauses.length && acceptedAt !== null && acceptedAt > failedAt
}
