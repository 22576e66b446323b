// What `include` asks for, in the words of core/.

import type { Hidden } from '../../core/verdicts/hidden.ts'

const all: Hidden = ['machine', 'proxy']

/** Counts are about people unless machines and proxies are asked for. */
export function hiddenBut(included: readonly string[] = []): Hidden {
  return all.filter((verdict) => !included.includes(verdict))
}
