// How many requests there were and how long they took, counted in place at each of them: nothing here may be slow.
// Counted by server.ts, read by metrics.ts.

export type FaceName = 'track' | 'atom' | 'json' | 'images' | 'oauth' | 'bounces' | 'hooks' | 'web' | 'other'

/** Upper limits of the buckets of durations, in seconds. */
export const durationLimits = [0.001, 0.0025, 0.01, 0.05, 0.25, 1, 5] as const
const methods = ['other', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const
/** By the first digit; `cut`: the client was gone before there was an answer. */
const statuses = ['cut', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

export interface RequestCount {
  face: FaceName
  method: string
  status: string
  /** How many in each bucket alone; the last has no limit. */
  buckets: number[]
  seconds: number
}

export class RequestCounts {
  readonly #faces = new Map<FaceName, (RequestCount | undefined)[]>()

  /** `status` is 0 where none was sent. */
  count(face: FaceName, method: string, status: number, ms: number): void {
    let cells = this.#faces.get(face)
    if (!cells) this.#faces.set(face, (cells = Array.from({ length: methods.length * statuses.length })))
    const methodNo = Math.max(0, methods.indexOf(method as 'GET'))
    const statusNo = Math.trunc(status / 100)
    const cell = (cells[methodNo * statuses.length + statusNo] ??= {
      face,
      method: methods[methodNo]!,
      status: statuses[statusNo]!,
      buckets: Array.from({ length: durationLimits.length + 1 }, () => 0),
      seconds: 0,
    })
    const seconds = ms / 1000
    let bucket = 0
    while (bucket < durationLimits.length && seconds > durationLimits[bucket]!) bucket++
    cell.buckets[bucket]!++
    cell.seconds += seconds
  }

  list(): RequestCount[] {
    return [...this.#faces.values()].flatMap((cells) => cells.filter((cell) => cell !== undefined))
  }
}

const webPlaces = ['', 'assets', 'campaigns', 'contacts', 'deliverability', 'imports', 'lists', 'profile', 'search', 'settings', 'setup', 'sign-in', 'sign-out', 'welcome'] // oxfmt-ignore

const facesByPath: Readonly<Record<string, FaceName>> = {
  ...Object.fromEntries(webPlaces.map((place) => [place, 'web' as const])),
  ws: 'atom',
  api: 'json',
  library: 'images',
  oauth2: 'oauth',
  inbound: 'bounces',
  hooks: 'hooks',
  c: 'track',
  o: 'track',
}

/** Whose the address is, by its first part. */
export function faceOf(url: string): FaceName {
  if (!url.startsWith('/')) return 'other'
  const first = url.slice(1).split(/[/?]/, 1)[0]!
  return (Object.hasOwn(facesByPath, first) && facesByPath[first]) || 'other'
}
