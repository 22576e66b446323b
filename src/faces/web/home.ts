// GET /: what happened lately, the latest campaigns, and, where there is nothing yet, how to begin.

import { noteDeed } from '../../core/audit/audit.ts'
import { listCampaigns } from '../../core/campaigns/campaign.ts'
import type { CampaignSummary } from '../../core/campaigns/campaign.ts'
import { listContacts } from '../../core/contacts/contact.ts'
import { fillWithDemo } from '../../core/demo/demo-data.ts'
import type { CampaignReport } from '../../core/events/campaign-report.ts'
import { listLatestEvents } from '../../core/events/latest.ts'
import type { LatestEvent } from '../../core/events/latest.ts'
import { isAllowed } from '../../core/users/user.ts'
import { contactsOf, quickReports, reachedBy } from './campaign-reports.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { formField, pageHead, renderPage } from './layout.ts'
import { meter } from './meter.ts'
import { formatShort } from './numbers.ts'
import { seeOther } from './respond.ts'
import { personCell } from './search.ts'
import { agoElement, timeElement } from './time.ts'
import type { Member } from './visit.ts'

const shownEvents = 12
const shownCampaigns = 5
/** Whose events are looked at. */
const lookedCampaigns = 3

export async function showHome(visit: Member): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.home
  const [anybody] = await listContacts(app.db, accountId, { limit: 1 })
  const campaigns = (await listCampaigns(app.db, accountId, { limit: shownCampaigns * 2 }))
    .filter(({ status }) => status !== 'draft')
    .slice(0, shownCampaigns)
  const head = pageHead(w.title(user.name.split(' ')[0]!), w.lead)
  const isEmpty = !anybody && campaigns.length === 0
  const body = isEmpty ? html`${head} ${firstSteps(visit)}` : html`${head} ${await overview(visit, campaigns)}`
  return renderPage(visit, { title: words.nav.home, place: 'home', body })
}

async function overview(visit: Member, campaigns: readonly CampaignSummary[]): Promise<Html> {
  const { app, accountId, words } = visit
  const w = words.home
  const ids = campaigns.map(({ campaignId }) => campaignId)
  const reports = await quickReports(visit, ids)
  const events = await listLatestEvents(app.db, accountId, ids.slice(0, lookedCampaigns), shownEvents)
  return html`<div class="columns even keep">
    <section class="card flush" aria-labelledby="latest">
      <div class="bar">
        <h2 id="latest">${w.latest}</h2>
        <a class="button tight" href="/contacts">${w.allContacts}</a>
      </div>
      ${events.length === 0 ? html`<p class="empty">${w.noEvents}</p>` : eventList(visit, events)}
    </section>
    <section class="card flush" aria-labelledby="campaigns">
      <div class="bar">
        <h2 id="campaigns">${w.campaigns}</h2>
        <a class="button tight" href="/campaigns">${w.allCampaigns}</a>
      </div>
      ${
        campaigns.length === 0
          ? html`<p class="empty">${words.campaigns.noneText}</p>`
          : html`<ul>
              ${campaigns.map((campaign) => campaignItem(visit, campaign, reports.get(campaign.campaignId)))}
            </ul>`
      }
    </section>
  </div>`
}

function eventList({ words, now }: Member, events: readonly LatestEvent[]): Html {
  return html`<ul class="rows-list">
    ${events.map(
      (event) =>
        html`<li>
          ${personCell(event)}
          <span class="did" data-kind="${event.kind}"
            ><span class="mark">${icon(event.kind)}</span
            ><span>${words.events.kinds[event.kind]} <span class="quiet">${event.campaignName}</span></span></span
          >
          <span class="quiet small when">${agoElement(event.at, now)}</span>
        </li>`,
    )}
  </ul>`
}

function campaignItem(visit: Member, campaign: CampaignSummary, report: CampaignReport | undefined): Html {
  const { words, look } = visit
  const w = words.campaigns
  const { campaignId, name, datedAt } = campaign
  const sent = report ? ` · ${w.ofSent(formatShort(report.kinds.send.all.contacts))}` : nothing
  return html`<li class="campaign">
    <a href="/campaigns/${campaignId}">${name}</a>
    <span class="quiet small">${timeElement(datedAt, look.zone, 'date')}${sent}</span>
    ${report ? rates(visit, report) : nothing}
  </li>`
}

function rates({ words }: Member, report: CampaignReport): Html {
  const w = words.campaigns
  const rate = (kind: 'open' | 'click', label: string): Html =>
    html`<span class="rate" data-kind="${kind}"
      ><span class="quiet small">${label}</span>${meter(contactsOf(report.kinds[kind], false), reachedBy(report))}</span
    >`
  return html`<span class="rates">${rate('open', w.opened)} ${rate('click', w.clicked)}</span>`
}

function firstSteps(visit: Member): Html {
  const { words, user } = visit
  const w = words.home
  const mayWrite = isAllowed(user.role, 'write')
  const steps: readonly (readonly [title: string, text: string, href: string, button: string])[] = [
    [w.steps.contacts, w.steps.contactsText, '/imports/new', words.contacts.importNew],
    [w.steps.sender, w.steps.senderText, '/settings/senders', words.settings.senders.add],
    [w.steps.key, w.steps.keyText, '/settings/keys', words.settings.keys.add],
  ]
  return html`<div class="columns">
    <section class="card">
      <h2>${w.begin}</h2>
      <ol class="steps">
        ${steps.map(
          ([title, text, href, button]) =>
            html`<li>
              <div>
                <h3>${title}</h3>
                <p class="quiet">${text}</p>
                ${mayWrite ? html`<p class="actions spaced"><a class="button tight" href="${href}">${button}</a></p>` : nothing}
              </div>
            </li>`,
        )}
      </ol>
    </section>
    ${
      isAllowed(user.role, 'admin')
        ? html`<section class="card">
            <h2>${w.demo}</h2>
            <p class="lead">${w.demoText}</p>
            <form method="post" action="/demo">
              ${formField(visit)}<button class="primary">${w.demoButton}</button>
            </form>
          </section>`
        : nothing
    }
  </div>`
}

/** POST /demo */
export async function createDemoData({ app, accountId, user, now }: Member): Promise<Response> {
  await fillWithDemo(app.db, accountId, now)
  await noteDeed(app.db, accountId, { by: user, action: 'demo.create' }, now)
  return seeOther('/?done=demo-created')
}
