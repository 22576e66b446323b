// What came of a campaign, in the words of the API: from the tallies of core/ to counts, tallies and rates. Used by reports.ts.

import type { CampaignReport, KindTally } from '../../core/events/campaign-report.ts'
import { allKinds } from '../../core/events/event.ts'
import type { EventKind } from '../../core/events/event.ts'
import { isJudged } from '../../core/verdicts/hidden.ts'

type Included = readonly string[] | undefined

interface TallyJson {
  total: number
  unique: number
}

interface JudgedJson extends TallyJson {
  human: TallyJson
  proxy: number
  machine: number
}

type Kinds = Record<Exclude<EventKind, 'open' | 'click'>, TallyJson> & Record<'open' | 'click', JudgedJson>

export const noTally: KindTally = {
  all: { events: 0, contacts: 0 },
  people: { events: 0, contacts: 0 },
  proxies: 0,
  machines: 0,
}

/** All of it but whose it is. */
export function reportJson({ kinds }: CampaignReport, included: Included): ReportJson {
  const counts = Object.fromEntries(allKinds.map((kind) => [kind, shownOf(kinds[kind], included)])) as Record<EventKind, number> // oxfmt-ignore
  const hiddenOf = (kind: EventKind): number => kinds[kind].all.events - counts[kind]
  const told = allKinds.map((kind) => [kind, isJudged(kind) ? judgedJson(kinds[kind]) : tallyJson(kinds[kind].all)])
  const by = kinds.delivery.all.contacts > 0 ? 'delivery' : 'send'
  const reached = { by, contacts: kinds[by].all.contacts } as const
  return {
    counts,
    hidden: { open: hiddenOf('open'), click: hiddenOf('click') },
    kinds: Object.fromEntries(told) as Kinds,
    reached,
    rates: ratesOf(kinds, reached.contacts),
  }
}

interface ReportJson {
  counts: Record<EventKind, number>
  hidden: { open: number; click: number }
  kinds: Kinds
  reached: { by: 'delivery' | 'send'; contacts: number }
  rates: Rates
}

interface Rates extends Partial<Record<Exclude<EventKind, 'send'> | 'clickToOpen', number>> {}

function ratesOf(kinds: CampaignReport['kinds'], reached: number): Rates {
  const people = (kind: EventKind): number => kinds[kind].people.contacts
  const sent = kinds.send.all.contacts
  return {
    ...(sent > 0 && { delivery: people('delivery') / sent, bounce: people('bounce') / sent }),
    ...(reached > 0 && {
      open: people('open') / reached,
      click: people('click') / reached,
      complaint: people('complaint') / reached,
      forward: people('forward') / reached,
      optout: people('optout') / reached,
    }),
    ...(people('open') > 0 && { clickToOpen: people('click') / people('open') }),
  }
}

export function judgedJson({ all, people, proxies, machines }: KindTally): JudgedJson {
  return { ...tallyJson(all), human: tallyJson(people), proxy: proxies, machine: machines }
}

/** By people, and by whom else is asked for. */
export function shownOf({ people, proxies, machines }: KindTally, included: Included = []): number {
  return people.events + (included.includes('proxy') ? proxies : 0) + (included.includes('machine') ? machines : 0)
}

function tallyJson({ events, contacts }: KindTally['all']): TallyJson {
  return { total: events, unique: contacts }
}
