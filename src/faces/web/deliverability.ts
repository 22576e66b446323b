// GET /deliverability: did it arrive, by the domain of the contacts, and why it came back.

import { listCampaigns } from '../../core/campaigns/campaign.ts'
import type { CampaignSummary } from '../../core/campaigns/campaign.ts'
import { readOutcomes } from '../../core/events/outcomes.ts'
import type { BounceOutcome, DomainOutcomes, OutcomeKind } from '../../core/events/outcomes.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { pageHead, renderPage } from './layout.ts'
import { meter } from './meter.ts'
import { formatCount } from './numbers.ts'
import { agoText } from './time.ts'
import type { Member } from './visit.ts'

/** What is looked at when no campaign is chosen. */
const latestCampaigns = 5
/** What can be chosen from. */
const maxChoices = 100
const maxDomains = 50

const tabs = [
  ['outcomes', '/deliverability'],
  ['suppressions', '/deliverability/suppressions'],
  ['holds', '/deliverability/holds'],
  ['review', '/deliverability/review'],
  ['providers', '/deliverability/providers'],
] as const

export function deliverabilityTabs({ words }: Member, current: (typeof tabs)[number][0]): Html {
  const w = words.campaigns.deliverability
  return html`<nav class="tabs" aria-label="${w.tabsLabel}">
    ${tabs.map(
      ([name, href]) =>
        html`<a href="${href}" ${name === current ? html`aria-current="page"` : nothing}>${w.tabs[name]}</a>`,
    )}
  </nav>`
}

export async function showOutcomes(visit: Member): Promise<Response> {
  const { app, accountId, words, query, now, remembered } = visit
  const w = words.campaigns.deliverability
  const campaigns = (await listCampaigns(app.db, accountId, { limit: maxChoices })).filter(
    ({ status }) => status !== 'draft' && status !== 'scheduled',
  )
  const chosen = campaigns.find(({ campaignId }) => String(campaignId) === query.get('campaign'))
  const ids = (chosen ? [chosen] : campaigns.slice(0, latestCampaigns)).map(({ campaignId }) => campaignId)
  const { result, at } = await remembered.get(`outcomes ${accountId} ${ids.join()}`, app.now, () =>
    readOutcomes(app.db, accountId, ids),
  )
  const body = html`${pageHead(w.title, w.lead)} ${deliverabilityTabs(visit, 'outcomes')}
  ${
    result.domains.length === 0
      ? html`<div class="card">${noOutcomes(visit)}</div>`
      : html`<div class="card flush">
            <div class="bar">
              <h2>${w.domains}</h2>
              ${campaignChoice(visit, campaigns, chosen)}
            </div>
            ${domainTable(visit, result.domains)}
            <p class="pager"><span>${w.note}</span><span>${words.campaigns.asOf(agoText(at, now))}</span></p>
          </div>
          <div class="card flush">
            <div class="bar"><h2>${w.bounces}</h2></div>
            ${bounceTable(visit, result.bounces)}
          </div>`
  }`
  return renderPage(visit, { title: w.title, place: 'deliverability', body })
}

function noOutcomes({ words }: Member): Html {
  const w = words.campaigns.deliverability
  return html`<div class="empty">
    ${icon('deliverability')}
    <h2>${w.noDomains}</h2>
    <p>${w.noDomainsText}</p>
  </div>`
}

function campaignChoice(
  { words }: Member,
  campaigns: readonly CampaignSummary[],
  chosen: CampaignSummary | undefined,
): Html {
  const w = words.campaigns.deliverability
  return html`<form class="filters" action="/deliverability" data-filters>
    <label class="hidden-text" for="campaign">${w.campaign}</label>
    <select id="campaign" name="campaign">
      <option value="">${w.latest(Math.min(latestCampaigns, campaigns.length))}</option>
      ${campaigns.map(
        ({ campaignId, name }) =>
          html`<option value="${campaignId}" ${campaignId === chosen?.campaignId ? 'selected' : nothing}>
            ${name}
          </option>`,
      )}
    </select>
    <button>${words.contacts.apply}</button>
  </form>`
}

const columns = ['send', 'delivery', 'bounce', 'complaint', 'optout'] as const satisfies readonly OutcomeKind[]

function domainTable({ words }: Member, domains: readonly DomainOutcomes[]): Html {
  const w = words.campaigns.deliverability
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.domains}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.domain}</th>
          ${columns.map((kind) => html`<th scope="col" class="number">${words.events.kinds[kind]}</th>`)}
          <th scope="col">${w.rate}</th>
        </tr>
      </thead>
      <tbody>
        ${domains.slice(0, maxDomains).map(
          ({ domain, counts }) =>
            html`<tr>
              <th scope="row">${domain}</th>
              ${columns.map((kind) => html`<td class="number" data-label="${words.events.kinds[kind]}">${formatCount(counts[kind])}</td>`)}
              <td data-label="${w.rate}">${meter(counts.delivery, counts.send)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${domains.length > maxDomains ? html`<p class="pager">${w.others(domains.length - maxDomains)}</p>` : nothing}
  </div>`
}

function bounceTable({ words }: Member, bounces: readonly BounceOutcome[]): Html {
  const w = words.campaigns.deliverability
  if (bounces.length === 0) return html`<p class="empty">${w.noBounces}</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${w.bounces}">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.code}</th>
          <th scope="col">${w.status}</th>
          <th scope="col" class="number">${w.count}</th>
          <th scope="col">${w.example}</th>
        </tr>
      </thead>
      <tbody>
        ${bounces.slice(0, maxDomains).map(
          ({ code, status, count, example }) =>
            html`<tr>
              <th scope="row" class="nowrap">${code ? `${code} · ${words.events.bounces[code]}` : words.unknown}</th>
              <td class="mono nowrap">${status ?? '–'}</td>
              <td class="number" data-label="${w.count}">${formatCount(count)}</td>
              <td class="mono quiet">${example ?? nothing}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
