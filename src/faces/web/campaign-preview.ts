// A campaign's mail as a picture of itself: in frames that run nothing, know nothing of the page around them, and ask other
// servers for nothing unless pictures are wanted.

import { listTargets } from '../../core/campaigns/link.ts'
import { markLinks } from '../../core/campaigns/mark-links.ts'
import { readReport } from './campaign-reports.ts'
import { campaignHead, campaignOf } from './campaign-tabs.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { renderPage } from './layout.ts'
import { respond } from './respond.ts'
import type { Member } from './visit.ts'

export function showPreview(visit: Member): Promise<Response> {
  return framePage(visit, 'preview')
}

export function showClickMap(visit: Member): Promise<Response> {
  return framePage(visit, 'clickMap')
}

async function framePage(visit: Member, view: 'preview' | 'clickMap'): Promise<Response> {
  const { words, query } = visit
  const w = words.campaigns
  const campaign = await campaignOf(visit)
  const hasPictures = query.get('pictures') === 'on'
  const source = `/campaigns/${campaign.campaignId}/mail?${view === 'clickMap' ? 'clicks=on&' : ''}${hasPictures ? 'pictures=on' : ''}`
  const frame: Html = campaign.content.html
    ? html`<iframe
        class="mail tall"
        title="${view === 'clickMap' ? w.clickMapFrame : w.previewFrame}"
        sandbox
        src="${source}"
      ></iframe>`
    : html`<div class="empty">
        ${icon('campaigns')}
        <h2>${w.noHtml}</h2>
      </div>`
  const body = html`${campaignHead(visit, campaign, view)}
    <div class="card flush">
      <div class="bar">
        <p class="quiet small">${view === 'clickMap' ? w.clickMapLead : w.picturesHint}</p>
        <a class="button tight" href="?${hasPictures ? '' : 'pictures=on'}"
          >${hasPictures ? w.withoutPictures : w.withPictures}</a
        >
      </div>
      ${frame}
    </div>`
  return renderPage(visit, { title: campaign.name, place: 'campaigns', body, hasFrames: true, crumbs: [[w.title, '/campaigns']] }) // oxfmt-ignore
}

/** GET /campaigns/{id}/mail: what stands in the frame. */
export async function showMail(visit: Member): Promise<Response> {
  const campaign = await campaignOf(visit)
  const source = campaign.content.html ?? ''
  const text = visit.query.has('clicks') ? await withClicks(visit, campaign.campaignId, source) : source
  return mailResponse(visit, text, visit.query.get('pictures') === 'on')
}

/** What the editor shows before anything is written. */
export function showEmptyPreview(visit: Member): Response {
  return mailResponse(visit, '', false)
}

/** POST /campaigns/preview: what is being written. */
export function previewDraft(visit: Member): Response {
  return mailResponse(visit, visit.form.fields.get('html') ?? '', false)
}

function mailResponse(visit: Member, source: string, hasPictures: boolean): Response {
  const pictures = hasPictures ? "img-src 'self' data: https: http:" : "img-src 'self' data:"
  return respond(visit, source, {
    headers: {
      'content-security-policy': `default-src 'none'; ${pictures}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox`,
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })
}

// A mark behind the opening of each link that was clicked, which leads nowhere from here.
async function withClicks(visit: Member, campaignId: number, source: string): Promise<string> {
  const { app, accountId } = visit
  const { result: report } = await readReport(visit, campaignId)
  const numbers = new Map((await listTargets(app.db, accountId, campaignId)).map(({ url, linkNo }) => [url, linkNo]))
  const clicks = new Map(report.links.map(({ linkNo, people }) => [linkNo, people.events]))
  const sum = [...clicks.values()].reduce((all, count) => all + count, 0)
  return markLinks(source, (url) => {
    const count = clicks.get(numbers.get(url) ?? 0) ?? 0
    return count === 0 ? undefined : mark(count, sum)
  })
}

function mark(count: number, sum: number): string {
  const share = `${Math.round((count / sum) * 1000) / 10}%`
  const style =
    'display:inline-block;margin:0 4px 0 0;padding:1px 7px;border-radius:9px;background:#5b21b6;color:#fff;font:700 12px/16px sans-serif;text-decoration:none;vertical-align:middle;letter-spacing:0'
  return `<span style="${style}" title="${count}">${share}</span>`
}
