// The network, as far as verifying needs it: Amazon's certificates and confirmations. Given to routes.ts by server.ts; tests
// give another.

import type { HookOutside } from '../../core/inbox/hook-provider.ts'
import { UnavailableError } from '../../errors.ts'
import { isAmazon } from './sns.ts'

const timeout = 10_000
const maxBytes = 64 * 1024
/** Certificates change about once a year, and their address with them. */
const keepTime = 24 * 3_600_000
const maxKept = 20

export function openOutside(now: () => number): HookOutside {
  const kept = new Map<string, { text: string; until: number }>()
  return {
    fetchText: async (url) => {
      const held = kept.get(url)
      if (held && held.until > now()) return held.text
      const text = await fetchText(url)
      if (new URL(url).pathname.endsWith('.pem')) {
        if (kept.size >= maxKept) kept.clear()
        kept.set(url, { text, until: now() + keepTime })
      }
      return text
    },
  }
}

async function fetchText(url: string): Promise<string> {
  // Asked before as well; this is where it matters.
  if (!isAmazon(url)) throw new TypeError('only Amazon SNS is asked')
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeout) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of response.body ?? []) {
      bytes += part.length
      if (bytes > maxBytes) throw new Error('the answer is too long')
      parts.push(part)
    }
    return Buffer.concat(parts).toString('utf8')
  } catch (cause) {
    throw new UnavailableError(`${new URL(url).host} can not be asked: ${(cause as Error).message}`, { cause })
  }
}
