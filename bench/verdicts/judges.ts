// The judges that are compared on one traffic: our rules, fed as a store would feed them, and three that others use.

import { isbot } from 'isbot'
import { networkKey } from '../../src/core/verdicts/address.ts'
import { classify } from '../../src/core/verdicts/classify.ts'
import type { Hit, Judgement, NeighbourClick, Verdict } from '../../src/core/verdicts/hit.ts'
import { defaultVerdictSettings } from '../../src/core/verdicts/settings.ts'
import type { VerdictSettings } from '../../src/core/verdicts/settings.ts'
import { maxNeighbours, neighbourRanges } from '../../src/core/verdicts/settle.ts'
import type { SimulatedSend } from './world.ts'

/** A verdict for each hit of each send. */
export type Judge = (sends: readonly SimulatedSend[]) => (send: SimulatedSend, hit: Hit) => Verdict

export const timer =
  (seconds: number): Judge =>
  () =>
  (_, hit) =>
    hit.deliveredAt !== undefined && hit.at - hit.deliveredAt < seconds * 1000 ? 'machine' : 'human'

/** Such lists are used as they come. */
export const agentList: Judge = () => (_, hit) => (isbot(hit.userAgent) ? 'machine' : 'human')

export const ours =
  (settings: VerdictSettings = defaultVerdictSettings): Judge =>
  (sends) => {
    const judgements = judgeAll(sends, settings)
    return (send, hit) => judgements.get(send)!.get(hit.hitId)!.verdict
  }

function judgeAll(
  sends: readonly SimulatedSend[],
  settings: VerdictSettings = defaultVerdictSettings,
): Map<SimulatedSend, Map<string, Judgement>> {
  const byNetwork = clicksByNetwork(sends)
  return new Map(
    sends.map((send) => {
      const hits = send.hits.map(({ hit }) => hit)
      const neighbours = new Map<string, NeighbourClick[]>()
      for (const { network, from, until } of neighbourRanges(hits, settings)) {
        const found = between(byNetwork.get(network)!, from, until).filter(
          ({ contactId }) => contactId !== send.contactId,
        )
        neighbours.set(network, [...(neighbours.get(network) ?? []), ...found])
      }
      return [send, classify(hits, { linkCount: send.campaign.linkCount, neighbours, settings })]
    }),
  )
}

function clicksByNetwork(sends: readonly SimulatedSend[]): Map<string, NeighbourClick[]> {
  const byNetwork = new Map<string, NeighbourClick[]>()
  for (const { hits } of sends)
    for (const { hit } of hits) {
      const network = hit.kind === 'open' ? undefined : networkKey(hit.ip)
      if (network === undefined) continue
      const { contactId, campaignId, kind, linkNo, at, ip, deliveredAt } = hit
      const click = { contactId, campaignId, kind, linkNo, at, ip, deliveredAt }
      const ofNetwork = byNetwork.get(network)
      if (ofNetwork) ofNetwork.push(click)
      else byNetwork.set(network, [click])
    }
  for (const clicks of byNetwork.values()) clicks.sort((a, b) => a.at - b.at)
  return byNetwork
}

function between(clicks: readonly NeighbourClick[], from: number, until: number): NeighbourClick[] {
  let low = 0
  let high = clicks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (clicks[middle]!.at < from) low = middle + 1
    else high = middle
  }
  const found: NeighbourClick[] = []
  for (let i = low; i < clicks.length && clicks[i]!.at <= until && found.length < maxNeighbours; i++)
    found.push(clicks[i]!)
  return found
}
