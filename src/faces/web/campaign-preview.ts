// A campaign's mail as a picture of itself: in frames that run nothing, know nothing of the page around them, and ask other
// servers for nothing unless pictures are wanted.

import { listTargets } from '../../core/campaigns/link.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import type { CompiledSource } from '../../core/campaigns/compile-source.ts'
import { markLinks } from '../../core/campaigns/mark-links.ts'
import { previewDraft as previewDraftMail, previewMail } from '../../core/sending/preview-mail.ts'
import { InvalidInputError } from '../../errors.ts'
import { readReport } from './campaign-reports.ts'
import { campaignHead, campaignOf } from './campaign-tabs.ts'
import { findNamedContact } from './find-named-contact.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { renderPage } from './layout.ts'
import { compileOnline } from './mail-source.ts'
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
  const named = (query.get('as') ?? '').trim()
  const asked = { ...(view === 'clickMap' && { clicks: 'on' }), ...(hasPictures && { pictures: 'on' }), ...(named && { as: named }) } // oxfmt-ignore
  const source = `/campaigns/${campaign.campaignId}/mail?${new URLSearchParams(asked).toString()}`
  const other = new URLSearchParams({ ...(named && { as: named }), ...(!hasPictures && { pictures: 'on' }) }).toString()
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
      ${view === 'preview' ? await asBar(visit, campaign, named) : nothing}
      <div class="bar">
        <p class="quiet small">${view === 'clickMap' ? w.clickMapLead : w.picturesHint}</p>
        <a class="button tight" href="?${other}">${hasPictures ? w.withoutPictures : w.withPictures}</a>
      </div>
      ${frame}
    </div>`
  return renderPage(visit, { title: campaign.name, place: 'campaigns', body, hasFrames: true, crumbs: [[w.title, '/campaigns']] }) // oxfmt-ignore
}

// Whose data it shows, and what is missing of it.
async function asBar(visit: Member, campaign: Campaign, named: string): Promise<Html> {
  const { app, accountId, words } = visit
  const w = words.campaigns
  const contact = named === '' ? undefined : await findNamedContact(visit, named)
  const { subject, missing, fault } = await previewMail(app.db, accountId, campaign, contact)
  const notes = [
    named !== '' && !contact && words.sending.review.noContact,
    named === '' && w.asNobody,
    fault !== undefined && w.asWritten(fault),
    missing.length > 0 && w.asLacking(missing.join(', ')),
  ].filter((note) => note !== false)
  return html`<div class="bar">
    <form class="filters">
      <label
        >${w.asContact}
        <input name="as" value="${named}" placeholder="${w.asContactHint}" autocomplete="off" maxlength="254"
      /></label>
      <button>${w.show}</button>
    </form>
    <p><strong>${subject}</strong><br /><span class="quiet small">${notes.join(' ')}</span></p>
  </div>`
}

/** GET /campaigns/{id}/mail: what stands in the frame. */
export async function showMail(visit: Member): Promise<Response> {
  const campaign = await campaignOf(visit)
  const { app, accountId, query } = visit
  const contact = await findNamedContact(visit, query.get('as') ?? '')
  const { html: source } = await previewMail(app.db, accountId, campaign, contact)
  const text = visit.query.has('clicks') ? await withClicks(visit, campaign.campaignId, source) : source
  return mailResponse(visit, text, visit.query.get('pictures') === 'on')
}

/** What the editor shows before anything is written. */
export function showEmptyPreview(visit: Member): Response {
  return mailResponse(visit, '', false)
}

/** POST /campaigns/preview: what is being written. */
export async function previewDraft(visit: Member): Promise<Response> {
  const text = (name: string): string => visit.form.fields.get(name) ?? ''
  const mjml = text('source') === 'mjml' ? text('mjml') : ''
  const made = mjml ? await fromMjml(visit, mjml) : { html: text('html'), warnings: [] }
  const content = { html: made.html, preheader: text('preheader'), organizationName: text('organizationName'), organizationAddress1: text('organizationAddress1'), fromName: text('fromName') } // oxfmt-ignore
  const { html: source } = previewDraftMail(content, { campaignId: 0, name: text('name') }, undefined)
  const notes = made.warnings.map((warning) => html`<p style="${noteStyle}">${warning}</p>`)
  return mailResponse(visit, `${notes.map(String).join('')}${source}`, false)
}

const noteStyle = 'margin:0;padding:6px 12px;background:#fdf0d5;color:#6b4400;font:13px/1.4 sans-serif'

/** What is wrong with it stands in place of the mail, so that the frame tells while somebody types. */
async function fromMjml(visit: Member, mjml: string): Promise<CompiledSource> {
  try {
    return await compileOnline(visit, mjml)
  } catch (error) {
    if (error instanceof InvalidInputError) return { html: '', warnings: error.message.split('; ') }
    throw error
  }
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
