// GET /campaigns/{id}: what became of a campaign: from sent to clicked, over time, link by link, with machines and without.

import { listCampaignLists } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import { listTargets } from '../../core/campaigns/link.ts'
import type { Target } from '../../core/campaigns/link.ts'
import type { CampaignReport, KindTally } from '../../core/events/campaign-report.ts'
import { getList } from '../../core/lists/list.ts'
import { getCampaignTracking, trackingLevels } from '../../core/tracking/consent.ts'
import type { TrackingLevel } from '../../core/tracking/consent.ts'
import { isAllowed } from '../../core/users/user.ts'
import { campaignChart } from './campaign-chart.ts'
import { contactsOf, reachedBy, readReport } from './campaign-reports.ts'
import { isMoving, progressCard, readProgress } from './campaign-progress.ts'
import { campaignHead, campaignOf } from './campaign-tabs.ts'
import { tile } from './contact-tiles.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { formField, renderPage } from './layout.ts'
import { formatCount, formatShare, formatShort } from './numbers.ts'
import { meter } from './meter.ts'
import { seeOther } from './respond.ts'
import { agoText, timeElement } from './time.ts'
import type { Member } from './visit.ts'

/** Rows of links that a page shows. */
const maxLinks = 200

export async function showCampaign(visit: Member): Promise<Response> {
  const { app, accountId, words, query, now } = visit
  const w = words.campaigns
  const campaign = await campaignOf(visit)
  const { campaignId, status } = campaign
  if (status === 'draft' || (status === 'scheduled' && campaign.lastRunAt === null))
    return seeOther(`/campaigns/${campaignId}/${placeOf(campaign, isAllowed(visit.user.role, 'write'))}`)
  const isAll = query.get('who') === 'all'
  const { result: report, at } = await readReport(visit, campaignId)
  const progress = await readProgress(visit, campaignId)
  const links = await listTargets(app.db, accountId, campaignId)
  const tracking = await getCampaignTracking(app.db, accountId, campaignId)
  const body = html`${campaignHead(visit, campaign, 'report')} ${progressCard(visit, progress)}
    <div class="head">
      <p class="quiet small">${isAll ? w.everythingHint : w.peopleHint} ${w.asOf(agoText(at, now))}</p>
      ${whoSwitch(visit, campaignId, isAll)}
    </div>
    ${funnel(visit, report, isAll)}
    <section class="card" aria-labelledby="activity">
      <h2 id="activity">${w.activity}</h2>
      ${campaignChart(visit, report.hours, isAll)}
    </section>
    <div class="columns">
      <div class="stack">${linkTable(visit, links, report, isAll)} ${machinesCard(visit, report)}</div>
      <aside class="stack">${await detailCard(visit, campaign)} ${trackingCard(visit, campaignId, tracking)}</aside>
    </div>`
  return renderPage(visit, {
    title: campaign.name,
    place: 'campaigns',
    body,
    scripts: isMoving(progress) ? ['live.js'] : [],
    crumbs: [[w.title, '/campaigns']],
  })
}

// What is not out yet has no report.
function placeOf({ status }: Campaign, mayWrite: boolean): string {
  if (!mayWrite) return 'preview'
  return status === 'draft' ? 'edit' : 'send'
}

function whoSwitch({ words }: Member, campaignId: number, isAll: boolean): Html {
  const w = words.campaigns
  return html`<nav class="segments" aria-label="${w.who}">
    <a href="/campaigns/${campaignId}" ${isAll ? nothing : html`aria-current="true"`}>${w.people}</a>
    <a href="/campaigns/${campaignId}?who=all" ${isAll ? html`aria-current="true"` : nothing}>${w.everything}</a>
  </nav>`
}

function funnel({ words }: Member, report: CampaignReport, isAll: boolean): Html {
  const w = words.campaigns
  const { kinds } = report
  const reached = reachedBy(report)
  const ofReached =
    kinds.delivery.all.contacts > 0 ? w.ofDelivered(formatShort(reached)) : w.ofSent(formatShort(reached))
  const sent = kinds.send.all.contacts
  const share = (part: number, of: number, text: string): string => w.shareOf(formatShare(part, of), text)
  const [opened, clicked] = [contactsOf(kinds.open, isAll), contactsOf(kinds.click, isAll)]
  return html`<dl class="tiles many" aria-label="${w.funnel}">
    ${tile(w.sent, formatShort(sent), nothing, 'send')}
    ${tile(w.delivered, formatShort(kinds.delivery.all.contacts), share(kinds.delivery.all.contacts, sent, w.ofSent(formatShort(sent))), 'delivery')}
    ${tile(w.opened, formatShort(opened), share(opened, reached, ofReached), 'open')}
    ${tile(w.clicked, formatShort(clicked), share(clicked, reached, ofReached), 'click')}
    ${tile(w.bounced, formatShort(kinds.bounce.all.contacts), share(kinds.bounce.all.contacts, sent, w.ofSent(formatShort(sent))), 'bounce')}
    ${tile(w.unsubscribed, formatShort(kinds.optout.all.contacts), share(kinds.optout.all.contacts, reached, ofReached), 'optout')}
    ${tile(w.complained, formatShort(kinds.complaint.all.contacts), share(kinds.complaint.all.contacts, reached, ofReached), 'complaint')}
  </dl>`
}

function linkTable({ words }: Member, links: readonly Target[], report: CampaignReport, isAll: boolean): Html {
  const w = words.campaigns
  const tallies = new Map(report.links.map((tally) => [tally.linkNo, tally]))
  const clicks = (linkNo: number): number => {
    const tally = tallies.get(linkNo)
    return tally ? (isAll ? tally.all : tally.people).events : 0
  }
  const sum = links.reduce((all, { linkNo }) => all + clicks(linkNo), 0)
  const shown = links.toSorted((a, b) => clicks(b.linkNo) - clicks(a.linkNo)).slice(0, maxLinks)
  return html`<section class="card flush" aria-labelledby="links">
    <div class="bar"><h2 id="links">${w.links}</h2></div>
    ${
      shown.length === 0
        ? html`<p class="empty">${w.noLinks}</p>`
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">${w.linkColumns.link}</th>
                  <th scope="col" class="number">${w.linkColumns.total}</th>
                  <th scope="col" class="number">${w.linkColumns.people}</th>
                  <th scope="col" class="number">${w.linkColumns.contacts}</th>
                  <th scope="col" class="wide-only">${w.linkColumns.share}</th>
                </tr>
              </thead>
              <tbody>
                ${shown.map(({ linkNo, url }) => {
                  const tally = tallies.get(linkNo)
                  return html`<tr>
                    <th scope="row" class="mono">${url}</th>
                    <td class="number" data-label="${w.linkColumns.total}">${formatCount(tally?.all.events ?? 0)}</td>
                    <td class="number" data-label="${w.linkColumns.people}">
                      ${formatCount(tally?.people.events ?? 0)}
                    </td>
                    <td class="number" data-label="${w.linkColumns.contacts}">
                      ${formatCount((isAll ? tally?.all : tally?.people)?.contacts ?? 0)}
                    </td>
                    <td class="wide-only">${meter(clicks(linkNo), sum)}</td>
                  </tr>`
                })}
              </tbody>
            </table>
          </div>`
    }
  </section>`
}

function machinesCard(visit: Member, report: CampaignReport): Html {
  const { words } = visit
  const w = words.campaigns
  const reached = reachedBy(report)
  return html`<section class="card" aria-labelledby="machines">
    <h2 id="machines">${w.machines}</h2>
    <p class="lead">${w.machinesLead}</p>
    ${(['open', 'click'] as const).map((kind) => machineBar(visit, kind, report.kinds[kind], reached))}
  </section>`
}

function machineBar({ words }: Member, kind: 'open' | 'click', tally: KindTally, reached: number): Html {
  const w = words.campaigns
  const { all, people, proxies, machines } = tally
  const total = Math.max(1, all.events)
  const part = (count: number): number => Math.round((count / total) * 1000) / 10
  const [a, b] = [part(people.events), part(proxies)]
  return html`<div class="split" data-kind="${kind}">
    <h3>${w.machinesOf[kind]}</h3>
    <svg class="meter thick" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect width="${a}" height="8" />
      <rect class="proxies" x="${a}" width="${b}" height="8" />
      <rect class="machines" x="${a + b}" width="${part(machines)}" height="8" />
    </svg>
    <p class="legend">
      <span data-kind="${kind}">${formatCount(people.events)} ${w.byPeople}</span>
      <span class="proxies">${formatCount(proxies)} ${w.byProxies}</span>
      <span class="machines">${formatCount(machines)} ${w.byMachines}</span>
    </p>
    <p class="small quiet">
      ${w.rateBefore} <strong>${formatShare(all.contacts, reached)}</strong> → ${w.rateAfter}
      <strong>${formatShare(people.contacts, reached)}</strong>
    </p>
  </div>`
}

async function detailCard({ app, accountId, words, look }: Member, campaign: Campaign): Promise<Html> {
  const w = words.campaigns
  const { content, campaignId, kind, lastRunAt, editedAt } = campaign
  const names: Html[] = []
  for (const listId of await listCampaignLists(app.db, accountId, campaignId)) {
    const { name } = await getList(app.db, accountId, listId)
    names.push(html`<a href="/lists/${listId}">${name}</a> `)
  }
  const from = [content.fromName, content.fromEmail && `<${content.fromEmail}>`].filter(Boolean).join(' ')
  const rows: [label: string, value: Content][] = [
    [w.fields.subject, content.subject ?? nothing],
    [w.fields.from, from],
    [w.fields.replyTo, content.replyToEmail ?? nothing],
    [w.fields.lists, names.length > 0 ? names : nothing],
    [w.fields.sentAt, lastRunAt === null ? nothing : timeElement(lastRunAt, look.zone)],
    [w.fields.editedAt, editedAt === null ? nothing : timeElement(editedAt, look.zone)],
    [w.fields.kind, kind === 'transactional' ? w.transactional : nothing],
    [w.fields.id, html`<span class="mono">${campaignId}</span>`],
  ]
  return html`<section class="card">
    <h2>${w.details}</h2>
    <dl class="facts">
      ${rows
        .filter(([, value]) => value !== nothing)
        .map(
          ([label, value]) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
    </dl>
  </section>`
}

function trackingCard(visit: Member, campaignId: number, tracking: TrackingLevel): Html {
  const { words, user } = visit
  const w = words.campaigns
  const isFixed = !isAllowed(user.role, 'write')
  return html`<section class="card">
    <h2>${w.trackingTitle}</h2>
    ${
      isFixed
        ? html`<p><strong>${words.contact.tracking[tracking]}.</strong> ${words.contact.trackingHints[tracking]}</p>`
        : html`<form method="post" action="/campaigns/${campaignId}/tracking">
            ${formField(visit)}
            <fieldset>
              <legend class="hidden-text">${w.trackingTitle}</legend>
              ${trackingLevels.map(
                (level) =>
                  html`<label class="choice"
                    ><input
                      type="radio"
                      name="tracking"
                      value="${level}"
                      ${level === tracking ? 'checked' : nothing}
                    /><span>${words.contact.tracking[level]}</span
                    ><small>${words.contact.trackingHints[level]}</small></label
                  >`,
              )}
            </fieldset>
            <p class="hint">${w.trackingHint}</p>
            <button>${words.save}</button>
          </form>`
    }
  </section>`
}
