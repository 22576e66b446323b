// The settings with one rule silenced each, to see what it contributes. Used by `npm run bench:verdicts -- --rules`.

import type { VerdictSettings } from '../../src/core/verdicts/settings.ts'

export function weakened(full: VerdictSettings): [name: string, settings: VerdictSettings][] {
  const { burst, pair, neighbours, walk } = full
  return [
    ['S1 soon_after_delivery', { ...full, afterDelivery: [] }],
    ['S2 many_links_at_once', { ...full, burst: { ...burst, points: 0, surePoints: 0 } }],
    ['S3 beside_another_visit', { ...full, pair: { ...pair, kinPoints: 0, strangerPoints: 0 } }],
    ['S4 shared_address, network_of_walkers', { ...full, neighbours: { ...neighbours, points: 0, surePoints: 0 } }],
    ['S6 no_agent', { ...full, noAgentPoints: 0 }],
    ['S7 stale_agent', { ...full, staleAgentPoints: 0 }],
    ['S8 few_headers', { ...full, fewHeadersPoints: 0 }],
    ['S9 unsubscribe_in_burst', { ...full, unsubscribePoints: 0 }],
    ['S10 no_browser', { ...full, noBrowserPoints: 0 }],
    ['S11 unlike_its_browser', { ...full, unlikeBrowser: { points: 0, withLanguage: 0 } }],
    ['S12 old_browser', { ...full, oldBrowser: { ...full.oldBrowser, points: 0 } }],
    ['S13 walks_links', { ...full, walk: { ...walk, steps: [] } }],
    ['S14 many_networks', { ...full, networks: { ...full.networks, points: 0 } }],
    ['M4 with_machine', { ...full, taintWithin: 0 }],
    [
      'S8, S11, S12 (all about headers)',
      {
        ...full,
        fewHeadersPoints: 0,
        unlikeBrowser: { points: 0, withLanguage: 0 },
        oldBrowser: { ...full.oldBrowser, points: 0 },
      },
    ],
  ]
}
