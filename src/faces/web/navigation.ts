// The places that every page leads to. Used by layout.ts.

import type { IconName } from './icons.ts'

export const navigation = [
  ['home', '/'],
  ['contacts', '/contacts'],
  ['campaigns', '/campaigns'],
  ['deliverability', '/deliverability'],
  ['settings', '/settings'],
] as const satisfies readonly [name: IconName, href: string][]

export type Place = (typeof navigation)[number][0]
