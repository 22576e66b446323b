// What machines did with the demo's mail: Apple's proxy that loads pictures for everybody, and a company's scanner that visits
// every link. Recorded like everything else, with what the rules would say of it. Used by demo-data.ts.

import type { Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { eventKinds } from '../events/event.ts'
import { record } from '../events/record.ts'
import type { NewEvent } from '../events/record.ts'
import { defaultVerdictSettings, rulesVersion } from '../verdicts/settings.ts'
import type { DemoCampaign } from './demo-campaigns.ts'
import { exampleContactId } from './demo-contacts.ts'
import { seeded } from './random.ts'

interface MachineEvent extends NewEvent {
  verdict: 'proxy' | 'machine'
  reasons: string
}

const second = 1000

/** Of contacts that got the mail, as their deliveries tell. */
function machineEvents(campaigns: readonly DemoCampaign[], events: readonly NewEvent[]): MachineEvent[] {
  const random = seeded(2022)
  const links = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign.links]))
  return events.flatMap(({ kind, contactId, campaignId, at }) => {
    if (kind !== 'delivery' || contactId === exampleContactId) return []
    const event = (of: Pick<MachineEvent, 'kind' | 'at' | 'verdict' | 'reasons' | 'url'>): MachineEvent => ({ contactId, campaignId, source: 'import', ...of, at: Math.floor(of.at) }) // oxfmt-ignore
    const made: MachineEvent[] = []
    if (contactId % 4 === 3)
      made.push(
        event({ kind: 'open', at: at + second * (20 + 900 * random()), verdict: 'proxy', reasons: 'apple_mpp' }),
      )
    if (contactId % 9 === 7) {
      const begun = at + second * (12 + 40 * random())
      for (const [i, url] of (links.get(campaignId) ?? []).entries())
        made.push(event({ kind: 'click', at: begun + 180 * i, url, verdict: 'machine', reasons: 'soon_after_delivery many_links_at_once walks_links' })) // oxfmt-ignore
    }
    return made
  })
}

/** Adds them with their verdicts. */
export async function recordMachines(
  tx: Tx,
  accountId: number,
  campaigns: readonly DemoCampaign[],
  events: readonly NewEvent[],
  now: number,
): Promise<void> {
  const made = machineEvents(campaigns, events)
  const recorded = await record(tx, accountId, made, now)
  for (const [i, { contactId, campaignId, kind, verdict, reasons }] of made.entries()) {
    const result = recorded[i]!
    if (result.outcome !== 'new') continue
    const { eventId } = result
    const row = await tx.one<{ linkNo: number | null }>(sql`
      select link_no as "linkNo" from event
      where contact_id = ${contactId} and kind = ${eventKinds[kind]} and event_id = ${eventId} and account_id = ${accountId}`)
    await tx.run(sql`
      insert into verdict(contact_id, kind, event_id, account_id, campaign_id, link_no, verdict, reasons, rules_version, judged_at)
      values (${contactId}, ${eventKinds[kind]}, ${eventId}, ${accountId}, ${campaignId}, ${row?.linkNo ?? null}, ${verdict}, ${reasons},
        ${rulesVersion(defaultVerdictSettings)}, ${now})`)
  }
}
