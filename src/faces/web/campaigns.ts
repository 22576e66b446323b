// GET /campaigns: all campaigns with what became of each, and the choice of those to compare.

import { campaignStatuses, listCampaigns } from '../../core/campaigns/campaign.ts'
import type { CampaignStatus, CampaignSummary } from '../../core/campaigns/campaign.ts'
import type { CampaignReport } from '../../core/events/campaign-report.ts'
import { isAllowed } from '../../core/users/user.ts'
import { contactsOf, quickReports, reachedBy } from './campaign-reports.ts'
import { campaignTones } from './campaign-tabs.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { pageHead, renderPage } from './layout.ts'
import { formatShare, formatShort } from './numbers.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const perPage = 25
const shownStatuses = ['draft', 'scheduled', 'running', 'sent', 'archived'] as const satisfies readonly CampaignStatus[]

export async function showCampaigns(visit: Member): Promise<Response> {
  const { app, accountId, words, user, query } = visit
  const w = words.campaigns
  const status = campaignStatuses.find((one) => one === query.get('status'))
  const after = readPosition(query.get('after'))
  const found = await listCampaigns(app.db, accountId, { status, after, limit: perPage + 1 })
  const campaigns = found.slice(0, perPage)
  const ids = campaigns.filter((campaign) => campaign.status !== 'draft').map(({ campaignId }) => campaignId)
  const reports = await quickReports(visit, ids)
  const actions = isAllowed(user.role, 'write')
    ? html`<a class="button primary" href="/campaigns/new">${icon('plus')}${w.create}</a>`
    : undefined
  const body = html`${pageHead(w.title, undefined, actions)}
    <div class="card flush">
      <div class="bar">${statusChips(visit, status)}</div>
      ${campaigns.length === 0 ? noCampaigns(visit, status !== undefined) : table(visit, campaigns, reports)}
      ${found.length > perPage ? pager(visit, status, campaigns.at(-1)!) : nothing}
    </div>`
  return renderPage(visit, { title: w.title, place: 'campaigns', body })
}

function readPosition(text: string | null): { datedAt: number; campaignId: number } | undefined {
  const [, datedAt, campaignId] = /^(-?\d{1,15})-(\d{1,15})$/.exec(text ?? '') ?? []
  return datedAt === undefined ? undefined : { datedAt: Number(datedAt), campaignId: Number(campaignId) }
}

function statusChips({ words }: Member, current: CampaignStatus | undefined): Html {
  const w = words.campaigns
  const link = (text: string, href: string, isCurrent: boolean): Html =>
    html`<a href="${href}" ${isCurrent ? html`aria-current="true"` : nothing}>${text}</a>`
  return html`<nav class="chips" aria-label="${w.statusLabel}">
    ${link(w.all, '/campaigns', current === undefined)}
    ${shownStatuses.map((status) => link(w.statuses[status], `/campaigns?status=${status}`, status === current))}
  </nav>`
}

function noCampaigns({ words, user }: Member, isFiltered: boolean): Html {
  const w = words.campaigns
  return html`<div class="empty">
    ${icon('campaigns')}
    <h2>${isFiltered ? w.noMatch : w.none}</h2>
    ${isFiltered ? nothing : html`<p>${w.noneText}</p>`}
    ${
      isAllowed(user.role, 'write')
        ? html`<p class="actions"><a class="button primary" href="/campaigns/new">${icon('plus')}${w.create}</a></p>`
        : nothing
    }
  </div>`
}

function table(
  visit: Member,
  campaigns: readonly CampaignSummary[],
  reports: ReadonlyMap<number, CampaignReport>,
): Html {
  const { words, query } = visit
  const w = words.campaigns
  return html`<form action="/campaigns/compare">
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col"><span class="hidden-text">${w.compare}</span></th>
            <th scope="col">${w.columns.campaign}</th>
            <th scope="col" class="wide-only">${w.columns.status}</th>
            <th scope="col" class="wide-only">${w.columns.date}</th>
            <th scope="col" class="number">${w.columns.sent}</th>
            <th scope="col" class="number">${w.columns.opened}</th>
            <th scope="col" class="number">${w.columns.clicked}</th>
            <th scope="col" class="number wide-only">${w.columns.bounced}</th>
          </tr>
        </thead>
        <tbody>
          ${campaigns.map((campaign) => row(visit, campaign, reports.get(campaign.campaignId), query.getAll('compare')))}
        </tbody>
      </table>
    </div>
    <div class="pager">
      <span>${w.compareHint} ${w.peopleHint}</span>
      <button class="tight">${w.compare}</button>
    </div>
  </form>`
}

function row(
  { words, look }: Member,
  campaign: CampaignSummary,
  report: CampaignReport | undefined,
  chosen: readonly string[],
): Html {
  const { campaignId, name, status, datedAt } = campaign
  const w = words.campaigns
  const isDraft = status === 'draft'
  const waiting = html`<span class="quiet" title="${w.counting}">…</span>`
  const cell = (count: (of: CampaignReport) => number, of?: (of: CampaignReport) => number): Content => {
    if (isDraft) return html`<span class="quiet">–</span>`
    if (!report) return waiting
    const share = of && html` <span class="quiet small">${formatShare(count(report), of(report))}</span>`
    return html`${formatShort(count(report))}${share}`
  }
  const sent = ({ kinds }: CampaignReport): number => kinds.send.all.contacts
  return html`<tr>
    <td>
      ${
        isDraft
          ? nothing
          : html`<input
              type="checkbox"
              name="id"
              value="${campaignId}"
              aria-label="${w.select(name)}"
              ${chosen.includes(String(campaignId)) ? 'checked' : nothing}
            />`
      }
    </td>
    <th scope="row"><a href="/campaigns/${campaignId}${isDraft ? '/edit' : ''}">${name}</a></th>
    <td class="wide-only"><span class="badge ${campaignTones[status]}">${w.statuses[status]}</span></td>
    <td class="wide-only quiet">${timeElement(datedAt, look.zone, 'date')}</td>
    <td class="number" data-label="${w.columns.sent}">${cell(sent)}</td>
    <td class="number" data-label="${w.columns.opened}">
      ${cell(({ kinds }) => contactsOf(kinds.open, false), reachedBy)}
    </td>
    <td class="number" data-label="${w.columns.clicked}">
      ${cell(({ kinds }) => contactsOf(kinds.click, false), reachedBy)}
    </td>
    <td class="number wide-only">${cell(({ kinds }) => kinds.bounce.all.contacts, sent)}</td>
  </tr>`
}

function pager({ words }: Member, status: CampaignStatus | undefined, last: CampaignSummary): Html {
  const parts = new URLSearchParams({ ...(status && { status }), after: `${last.datedAt}-${last.campaignId}` })
  return html`<nav class="pager" aria-label="${words.next}">
    <a href="/campaigns${status ? `?status=${status}` : ''}">${words.first}</a>
    <a class="button tight" rel="next" href="/campaigns?${parts.toString()}">${words.next}</a>
  </nav>`
}
