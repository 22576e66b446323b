// The views of one campaign, and what is written above each. Used by their pages.

import { getCampaign } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import { isAllowed } from '../../core/users/user.ts'
import { NotFoundError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

export const campaignTones = {
  draft: '', running: 'info', paused: 'warn', cancelled: '', scheduled: 'info', sent: 'good', 'archive-pending': 'good', archived: '', 'close-pending': 'good', closed: '',
} as const // oxfmt-ignore

/** Of the address; throws NotFoundError. */
export function campaignOf({ app, accountId, of }: Member): Promise<Campaign> {
  const text = of('id')
  if (!/^\d{1,15}$/.test(text)) throw new NotFoundError('there is no such campaign')
  return getCampaign(app.db, accountId, Number(text))
}

export type CampaignView = 'report' | 'recipients' | 'clickMap' | 'preview' | 'edit' | 'send'

export function campaignHead(visit: Member, campaign: Campaign, current: CampaignView): Html {
  const { words, look, user } = visit
  const w = words.campaigns
  const { name, status, datedAt, content, campaignId } = campaign
  const base = `/campaigns/${campaignId}`
  const isOut = status !== 'draft' && (status !== 'scheduled' || campaign.lastRunAt !== null)
  const mayWrite = isAllowed(user.role, 'write')
  const views: [view: CampaignView, href: string, isShown: boolean][] = [
    ['report', base, isOut],
    ['recipients', `${base}/recipients`, isOut],
    ['clickMap', `${base}/click-map`, isOut && Boolean(content.html)],
    ['edit', `${base}/edit`, status === 'draft' && mayWrite],
    ['preview', `${base}/preview`, Boolean(content.html)],
    ['send', `${base}/send`, campaign.kind === 'regular' && mayWrite],
  ]
  return html`<div class="head">
      <div class="text">
        <h1>${name}</h1>
        <p>${content.subject ?? nothing}</p>
        <p class="badges">
          <span class="badge ${campaignTones[status]}">${w.statuses[status]}</span>
          <span class="quiet small">${timeElement(datedAt, look.zone)}</span>
        </p>
      </div>
      <div class="actions">${actions(visit, campaign)}</div>
    </div>
    <nav class="tabs" aria-label="${w.tabs}">
      ${views.filter(([, , isShown]) => isShown).map(([view, href]) => html`<a href="${href}" ${view === current ? html`aria-current="page"` : nothing}>${w[view]}</a>`)}
    </nav>`
}

function actions({ words, user }: Member, { campaignId, status }: Campaign): Content {
  const w = words.campaigns
  return html`${
    status === 'draft' ? nothing : html`<a class="button" href="/campaigns?compare=${campaignId}">${w.compare}</a>`
  }
  ${
    isAllowed(user.role, 'write')
      ? html`<a class="button danger" href="/campaigns/${campaignId}/delete">${icon('warning')}${w.delete}</a>`
      : nothing
  }`
}
