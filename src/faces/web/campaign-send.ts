// /campaigns/{id}/send: what is in the way, a test, now or later, and stopping what is under way.

import type { AuditAction } from '../../core/audit/audit.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { listCampaignLists } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import { findSchedule, scheduleCampaign, unscheduleCampaign } from '../../core/campaigns/schedule.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { countMembers } from '../../core/lists/list.ts'
import { checkCampaign } from '../../core/sending/check-campaign.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign, startCampaign } from '../../core/sending/start-campaign.ts'
import { queueTest } from '../../core/sending/test-message.ts'
import { requeueUnknown } from '../../core/sending/unknown-messages.ts'
import { ConflictError, ForbiddenError, InvalidInputError } from '../../errors.ts'
import { checkList } from './campaign-checks.ts'
import { isMoving, progressCard, readProgress } from './campaign-progress.ts'
import { campaignHead, campaignOf } from './campaign-tabs.ts'
import { findNamedContact } from './find-named-contact.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import { localTime, timeElement } from './time.ts'
import type { Member } from './visit.ts'

/** Contacts that the check renders the mail for, and that it names. */
const checkedContacts = 200
const namedContacts = 10

export async function showSend(visit: Member, complaint?: string): Promise<Response> {
  const { app, words } = visit
  const w = words.sending
  const campaign = await campaignOf(visit)
  const progress = await readProgress(visit, campaign.campaignId)
  const isStartable = ['draft', 'scheduled', 'sent'].includes(campaign.status)
  const body = html`${campaignHead(visit, campaign, 'send')} ${complaintNotice(complaint)}
    ${app.config.relay ? nothing : html`<p class="notice info">${icon('warning')}${w.noRelay}</p>`}
    <div class="columns even">
      <div class="stack">
        ${progressCard(visit, progress)} ${isStartable ? await startCards(visit, campaign) : nothing}
      </div>
      <div class="stack">${await beforeCard(visit, campaign)} ${testCard(visit, campaign)}</div>
    </div>`
  return renderPage(visit, { title: campaign.name, place: 'campaigns', body, scripts: isMoving(progress) ? ['live.js'] : [], crumbs: [[words.campaigns.title, '/campaigns']], status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

async function startCards(visit: Member, campaign: Campaign): Promise<Content> {
  const { words, look } = visit
  const w = words.sending
  const base = `/campaigns/${campaign.campaignId}`
  const scheduledAt = findSchedule(campaign)
  if (scheduledAt !== undefined)
    return html`<section class="card">
      <h2>${w.later}</h2>
      <p class="lead">${w.scheduledFor} <strong>${timeElement(scheduledAt, look.zone)}</strong></p>
      <form method="post" action="${base}/unschedule">${formField(visit)}<button>${w.unschedule}</button></form>
    </section>`
  const reach = await countReach(visit, campaign)
  return html`<section class="card">
      <h2>${campaign.lastRunAt === null ? w.now : w.again}</h2>
      ${
        reach === 0
          ? html`<p class="lead">${w.reachNobody}</p>
              ${campaign.status === 'draft' ? html`<a class="button" href="${base}/edit">${w.chooseLists}</a>` : nothing}`
          : html`<p class="lead">${w.nowLead} ${w.reach(formatCount(reach))}</p>
              <a class="button primary" href="${base}/start">${icon('send')}${w.nowButton}</a>`
      }
    </section>
    <section class="card">
      <h2>${w.later}</h2>
      <form method="post" action="${base}/schedule">
        ${formField(visit)}
        <div class="field">
          <label for="at">${w.at}</label>
          <input
            id="at"
            name="at"
            type="datetime-local"
            required
            value="${visit.form.fields.get('at') ?? ''}"
            aria-describedby="at-hint"
          />
          <p class="hint" id="at-hint">${w.zoneHint(look.zone)}</p>
        </div>
        <button>${icon('clock')}${w.schedule}</button>
      </form>
    </section>`
}

async function countReach({ app, accountId }: Member, { campaignId }: Campaign): Promise<number> {
  let count = 0
  for (const listId of await listCampaignLists(app.db, accountId, campaignId))
    count += await countMembers(app.db, accountId, listId)
  return count
}

async function beforeCard(visit: Member, campaign: Campaign): Promise<Content> {
  const { app, accountId, words } = visit
  const w = words.sending
  const { campaignId, content } = campaign
  const listIds = await listCampaignLists(app.db, accountId, campaignId)
  const checks = checkList(visit, { content, listIds })
  if (!content.html) return checks
  try {
    const { checked, isWhole, missing } = await checkCampaign(app.db, accountId, campaignId, checkedContacts)
    return await html`${checks}
      <section class="card">
        <h2>${w.before}</h2>
        <p class="lead">
          ${w.checked(formatCount(checked), isWhole)}
          ${missing.length === 0 ? w.fine : w.lacking(formatCount(missing.length))}
        </p>
        <ul class="pairs">
          ${missing.slice(0, namedContacts).map(
            ({ contactId, email, variables }) =>
              html`<li>
                <a href="/contacts/${contactId}">${email}</a>
                <span class="quiet small">${w.lacks(variables.join(', '))}</span>
              </li>`,
          )}
        </ul>
        ${missing.length > namedContacts ? html`<p class="quiet small">${w.more(formatCount(missing.length - namedContacts))}</p>` : nothing}
      </section>`
  } catch (error) {
    // A template that is none: the checks say where.
    if (error instanceof InvalidInputError) return checks
    throw error
  }
}

function testCard(visit: Member, { campaignId }: Campaign): Html {
  const { words, user, form } = visit
  const w = words.sending
  return html`<section class="card">
    <h2>${w.test}</h2>
    <p class="lead">${w.testLead}</p>
    <form method="post" action="/campaigns/${campaignId}/test">
      ${formField(visit)}
      <div class="pair">
        <div class="field">
          <label for="to">${w.testTo}</label>
          <input id="to" name="to" type="email" required value="${form.fields.get('to') ?? user.email}" />
        </div>
        <div class="field">
          <label for="as">${w.testAs}</label>
          <input
            id="as"
            name="as"
            autocomplete="off"
            value="${form.fields.get('as') ?? ''}"
            aria-describedby="as-hint"
          />
          <p class="hint" id="as-hint">${w.testAsHint}</p>
        </div>
      </div>
      <button>${w.testButton}</button>
    </form>
  </section>`
}

/** GET /campaigns/{id}/start: are you sure? */
export async function askStart(visit: Member): Promise<Response> {
  const { words } = visit
  const w = words.sending
  const campaign = await campaignOf(visit)
  const { campaignId, name, content } = campaign
  const title = w.confirmTitle(name)
  const body = html`<section class="card">
    <form method="post" action="${visit.path}">
      <h1>${title}</h1>
      <p class="lead">${w.confirmText(content.subject ?? '', content.fromEmail ?? '')}</p>
      <p class="lead">${w.reach(formatCount(await countReach(visit, campaign)))}</p>
      ${formField(visit)}
      <div class="actions">
        <button class="primary">${icon('send')}${w.now}</button>
        <a class="button" href="/campaigns/${campaignId}/send">${words.cancel}</a>
      </div>
    </form>
  </section>`
  return renderPage(visit, { title, place: 'campaigns', body, isNarrow: true, crumbs: [[words.campaigns.title, '/campaigns'], [name, `/campaigns/${campaignId}/send`]] }) // oxfmt-ignore
}

// What can't be done is told on the page where it was tried.
async function change(
  visit: Member,
  action: AuditAction,
  word: string,
  work: (campaignId: number) => Promise<unknown>,
): Promise<Response> {
  const { app, accountId, user, now } = visit
  const { campaignId } = await campaignOf(visit)
  try {
    await work(campaignId)
  } catch (error) {
    if ([InvalidInputError, ForbiddenError, ConflictError].some((kind) => error instanceof kind))
      return showSend(visit, (error as Error).message)
    throw error
  }
  await noteDeed(app.db, accountId, { by: user, action, subject: `campaign ${campaignId}` }, now)
  return seeOther(`/campaigns/${campaignId}/send?done=${word}`)
}

export function start(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  return change(visit, 'campaign.start', 'campaign-started', (id) => startCampaign(app.db, accountId, id, now))
}

export function pause(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  return change(visit, 'campaign.pause', 'campaign-paused', (id) => pauseCampaign(app.db, accountId, id))
}

export function resume(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  return change(visit, 'campaign.resume', 'campaign-resumed', (id) => resumeCampaign(app.db, accountId, id))
}

export function cancelRest(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  return change(visit, 'campaign.cancel', 'campaign-cancelled', (id) => cancelCampaign(app.db, accountId, id, now))
}

export function requeue(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  return change(visit, 'campaign.requeue', 'campaign-resumed', (id) => requeueUnknown(app.db, accountId, id, now))
}

export function schedule(visit: Member): Promise<Response> {
  const { app, accountId, now, look, form, words } = visit
  return change(visit, 'campaign.schedule', 'campaign-scheduled', async (id) => {
    const at = localTime(form.fields.get('at') ?? '', look.zone)
    if (at === undefined || at <= now) throw new InvalidInputError(words.sending.badTime)
    await scheduleCampaign(app.db, accountId, id, at)
  })
}

export function unschedule(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  return change(visit, 'campaign.unschedule', 'saved', (id) => unscheduleCampaign(app.db, accountId, id))
}

export function sendTest(visit: Member): Promise<Response> {
  const { app, accountId, now, form, words } = visit
  return change(visit, 'campaign.test', 'test-sent', async (campaignId) => {
    const to = parseEmail(form.fields.get('to') ?? '')
    const named = (form.fields.get('as') ?? '').trim()
    const contact = named === '' ? undefined : await findNamedContact(visit, named)
    if (named !== '' && !contact) throw new InvalidInputError(words.sending.review.noContact)
    await queueTest(app.db, accountId, { campaignId, contactId: contact?.contactId ?? 0, to }, now)
  })
}
