// GET /campaigns/compare: two to four campaigns side by side.

import { findCampaign } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import type { CampaignReport } from '../../core/events/campaign-report.ts'
import { reachedBy, readReport } from './campaign-reports.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { pageHead, renderPage } from './layout.ts'
import { formatCount, formatShare } from './numbers.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const most = 4

interface Column {
  campaign: Campaign
  report: CampaignReport
}

export async function showComparison(visit: Member): Promise<Response> {
  const { app, accountId, words, query } = visit
  const w = words.campaigns
  const ids = [...new Set(query.getAll('id').filter((text) => /^\d{1,15}$/.test(text)))].slice(0, most)
  const columns: Column[] = []
  for (const id of ids) {
    const campaign = await findCampaign(app.db, accountId, Number(id))
    if (campaign) columns.push({ campaign, report: (await readReport(visit, campaign.campaignId)).result })
  }
  const again = html`<a class="button" href="/campaigns?${ids.map((id) => `compare=${id}`).join('&')}"
    >${w.chooseOthers}</a
  >`
  const body = html`${pageHead(w.compareTitle, w.peopleHint, again)}
    <div class="card flush">${columns.length < 2 ? tooFew(visit) : table(visit, columns)}</div>`
  return renderPage(visit, { title: w.compareTitle, place: 'campaigns', body, crumbs: [[w.title, '/campaigns']] })
}

function tooFew({ words }: Member): Html {
  return html`<div class="empty">
    ${icon('campaigns')}
    <h2>${words.campaigns.compareFew}</h2>
    <p class="actions"><a class="button" href="/campaigns">${words.campaigns.title}</a></p>
  </div>`
}

interface Metric {
  name: string
  count: (report: CampaignReport) => number
  of?: (report: CampaignReport) => number
  /** The most of it is the best. */
  isGood?: boolean
}

function metrics({ words }: Member): Metric[] {
  const w = words.campaigns
  const sent = ({ kinds }: CampaignReport): number => kinds.send.all.contacts
  return [
    { name: w.sent, count: sent },
    { name: w.delivered, count: ({ kinds }) => kinds.delivery.all.contacts, of: sent, isGood: true },
    { name: w.opened, count: ({ kinds }) => kinds.open.people.contacts, of: reachedBy, isGood: true },
    { name: w.clicked, count: ({ kinds }) => kinds.click.people.contacts, of: reachedBy, isGood: true },
    { name: w.bounced, count: ({ kinds }) => kinds.bounce.all.contacts, of: sent },
    { name: w.unsubscribed, count: ({ kinds }) => kinds.optout.all.contacts, of: reachedBy },
    { name: w.complained, count: ({ kinds }) => kinds.complaint.all.contacts, of: reachedBy },
    { name: w.forwarded, count: ({ kinds }) => kinds.forward.all.contacts, of: reachedBy, isGood: true },
  ]
}

function table(visit: Member, columns: readonly Column[]): Html {
  const { words, look } = visit
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.campaigns.compareTitle}">
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">${words.campaigns.metric}</th>
          ${columns.map(
            ({ campaign }) =>
              html`<th scope="col" class="number">
                <a href="/campaigns/${campaign.campaignId}">${campaign.name}</a><br /><span class="quiet small"
                  >${timeElement(campaign.datedAt, look.zone, 'date')}</span
                >
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${metrics(visit).map((metric) => metricRow(metric, columns))}
      </tbody>
    </table>
  </div>`
}

function metricRow({ name, count, of, isGood }: Metric, columns: readonly Column[]): Html {
  const value = ({ report }: Column): number => (of ? count(report) / Math.max(1, of(report)) : count(report))
  const best = Math.max(...columns.map(value))
  return html`<tr>
    <th scope="row">${name}</th>
    ${columns.map((column) => {
      const { report } = column
      const text = formatCount(count(report))
      const isBest = isGood && best > 0 && value(column) === best
      return html`<td class="number">
        ${of ? html`<span class="${isBest ? 'best' : ''}">${formatShare(count(report), of(report))}</span> <span class="quiet small">${text}</span>` : text}
      </td>`
    })}
  </tr>`
}
