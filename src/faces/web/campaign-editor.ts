// /campaigns/new and /campaigns/{id}/edit: a draft, with its preview beside it and what speaks against sending it.

import { noteDeed } from '../../core/audit/audit.ts'
import { listCampaignLists } from '../../core/campaigns/campaign.ts'
import type { CampaignContent, ContentField } from '../../core/campaigns/campaign.ts'
import { changeDraft, createDraft } from '../../core/campaigns/write-campaign.ts'
import { findTemplateFault } from '../../core/sending/templates.ts'
import { listSenders } from '../../core/senders/sender.ts'
import { ConflictError, ForbiddenError, InvalidInputError } from '../../errors.ts'
import { campaignHead, campaignOf } from './campaign-tabs.ts'
import { checkList } from './campaign-checks.ts'
import { listChoices } from './contact-edit.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { compileOnline, sourceFields } from './mail-source.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'

/** A mail and what is around it. */
export const maxCampaignForm = 4 * 2 ** 20
const maxLine = 200
const lineNames = ['subject', 'preheader', 'fromName', 'fromEmail', 'replyToEmail', 'organizationName', 'organizationAddress1', 'organizationCity', 'organizationState', 'organizationPostalCode', 'organizationCountry'] as const satisfies readonly ContentField[] // oxfmt-ignore
const organizationNames = ['organizationName', 'organizationAddress1', 'organizationCity', 'organizationState', 'organizationPostalCode', 'organizationCountry'] as const satisfies readonly ContentField[] // oxfmt-ignore
const contentNames = [...lineNames, 'html', 'mjml', 'text'] as const satisfies readonly ContentField[]

interface Draft {
  name: string
  content: CampaignContent
  listIds: readonly number[]
}

export async function showNewCampaign(visit: Member): Promise<Response> {
  const body = html`${pageHead(visit.words.campaigns.newTitle)}
  ${await editor(visit, { name: '', content: { html: starter }, listIds: [] })}`
  return editorPage(visit, visit.words.campaigns.newTitle, body)
}

/** What a new draft begins with. */
const starter = `<!doctype html>
<html>
  <body style="margin:0;padding:24px;font:16px/1.5 sans-serif">
    <h1>Hello</h1>
    <p>Write your mail here. <a href="https://example.com/">Links</a> will be tracked.</p>
  </body>
</html>
`

export async function addCampaign(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  const draft = readDraft(visit)
  try {
    const { campaignId } = await createDraft(app.db, accountId, await checked(visit, draft), now)
    await noteDeed(app.db, accountId, { by: user, action: 'campaign.create', subject: `campaign ${campaignId}` }, now)
    return seeOther(`/campaigns/${campaignId}/edit?done=campaign-created`)
  } catch (error) {
    const body = html`${pageHead(visit.words.campaigns.newTitle)} ${complaintNotice(refusalOf(error))}
    ${await editor(visit, draft)}`
    return editorPage(visit, visit.words.campaigns.newTitle, body, 400)
  }
}

export async function showEditCampaign(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  const campaign = await campaignOf(visit)
  if (campaign.status !== 'draft') return seeOther(`/campaigns/${campaign.campaignId}`)
  const listIds = await listCampaignLists(app.db, accountId, campaign.campaignId)
  const body = html`${campaignHead(visit, campaign, 'edit')}
  ${await editor(visit, { name: campaign.name, content: campaign.content, listIds })}`
  return editorPage(visit, visit.words.campaigns.editTitle(campaign.name), body)
}

export async function editCampaign(visit: Member): Promise<Response> {
  const { app, accountId, user, now, form } = visit
  const campaign = await campaignOf(visit)
  const { campaignId } = campaign
  const draft = readDraft(visit)
  try {
    const { name, content, listIds } = await checked(visit, draft)
    const shown = new Set(form.fields.getAll('shown').map(Number))
    const unseen = (await listCampaignLists(app.db, accountId, campaignId)).filter((listId) => !shown.has(listId))
    await changeDraft(app.db, accountId, campaignId, { name, content, listIds: [...listIds, ...unseen] }, now)
    await noteDeed(app.db, accountId, { by: user, action: 'campaign.change', subject: `campaign ${campaignId}` }, now)
    return seeOther(`/campaigns/${campaignId}/edit?done=campaign-saved`)
  } catch (error) {
    const body = html`${campaignHead(visit, campaign, 'edit')} ${complaintNotice(refusalOf(error))}
    ${await editor(visit, draft)}`
    return editorPage(visit, visit.words.campaigns.editTitle(campaign.name), body, 400)
  }
}

// What was typed is shown again with it.
function refusalOf(error: unknown): string {
  const isRefusal = [InvalidInputError, ConflictError, ForbiddenError].some((kind) => error instanceof kind)
  if (!isRefusal) throw error
  return (error as Error).message
}

function readDraft({ form }: Member): Draft {
  const text = (name: string): string => (form.fields.get(name) ?? '').replaceAll('\0', '').replaceAll('\r\n', '\n')
  const content = Object.fromEntries(contentNames.map((name) => [name, isLine(name) ? text(name).trim() : text(name)]))
  // The other of the two was only carried along.
  if (text('source') !== 'mjml') content['mjml'] = ''
  return { name: text('name').trim(), content, listIds: [...new Set(form.fields.getAll('list').map(Number))] }
}

function isLine(name: string): boolean {
  return (lineNames as readonly string[]).includes(name)
}

/** With the HTML that is made of it. */
async function checked(visit: Member, given: Draft): Promise<Draft> {
  const w = visit.words.campaigns
  const { mjml } = given.content
  const made = mjml ? { html: (await compileOnline(visit, mjml)).html } : {}
  const draft = { ...given, content: { ...given.content, ...made } }
  if (draft.name === '') throw new InvalidInputError(`${w.lines.name.toLowerCase()} is needed`)
  for (const name of ['name', ...lineNames] as const) {
    const value = (name === 'name' ? draft.name : draft.content[name]) ?? ''
    if (value.length > maxLine || /[\r\n]/.test(value))
      throw new InvalidInputError(`${w.lines[name]} is longer than ${maxLine} characters`)
  }
  const fault = findTemplateFault(draft.content)
  if (fault) throw new InvalidInputError(fault.message)
  return draft
}

function editorPage(visit: Member, title: string, body: Content, status = 200): Promise<Response> {
  const w = visit.words.campaigns
  return renderPage(visit, { title, place: 'campaigns', body, status, hasFrames: true, scripts: ['editor.js'], crumbs: [[w.title, '/campaigns']] }) // oxfmt-ignore
}

async function editor(visit: Member, draft: Draft): Promise<Html> {
  const { words } = visit
  const w = words.campaigns
  const { name, content, listIds } = draft
  return html`<form method="post" action="${visit.path}" data-editor>
    <div class="columns even">
      <section class="card">
        ${formField(visit)} ${line('name', w.lines.name, name, w.nameHint)}
        ${line('subject', w.lines.subject, content.subject ?? '', w.subjectHint)}
        ${line('preheader', w.lines.preheader, content.preheader ?? '', w.preheaderHint)}
        <div class="pair">
          ${line('fromName', w.lines.fromName, content.fromName ?? '')}
          ${await senderField(visit, 'fromEmail', w.lines.fromEmail, content.fromEmail ?? '')}
        </div>
        ${await senderField(visit, 'replyToEmail', w.lines.replyToEmail, content.replyToEmail ?? '')}
        <details class="field" ${content.organizationAddress1 ? nothing : 'open'}>
          <summary class="label">${w.organization}</summary>
          <p class="hint">${w.organizationHint}</p>
          <div class="pair">${organizationNames.map((field) => line(field, w.lines[field], content[field] ?? ''))}</div>
        </details>
        ${await listChoices(visit, listIds, w.lists)} ${sourceFields(visit, content, content.mjml ? 'mjml' : 'html')}
        <details class="field">
          <summary class="label">${w.text}</summary>
          <label class="hint" for="text">${w.textHint}</label>
          <textarea id="text" name="text" class="code short" spellcheck="false" rows="10">
${content.text ?? ''}</textarea>
        </details>
        <div class="actions">
          <button class="primary">${words.save}</button>
          <button formaction="/campaigns/preview" formtarget="preview" formnovalidate data-preview>
            ${w.showPreview}
          </button>
        </div>
      </section>
      <div class="stack beside">
        <section class="card flush">
          <div class="bar"><h2>${w.livePreview}</h2></div>
          <iframe class="mail" name="preview" title="${w.previewFrame}" sandbox src="/campaigns/preview"></iframe>
        </section>
        ${checkList(visit, draft)}
      </div>
    </div>
  </form>`
}

function line(id: string, label: string, value: string, hint?: string): Html {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${id}"
      maxlength="${maxLine}"
      autocomplete="off"
      value="${value}"
      ${id === 'name' ? 'required' : nothing}
      ${hint ? html`aria-describedby="${id}-hint"` : nothing}
    />
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
  </div>`
}

async function senderField({ app, accountId, words }: Member, id: string, label: string, held: string): Promise<Html> {
  const senders = await listSenders(app.db, accountId)
  const hasHint = id === 'fromEmail'
  const known = senders.map(({ email }) => email)
  const options = held === '' || known.includes(held) ? known : [held, ...known]
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <select id="${id}" name="${id}" ${hasHint ? html`aria-describedby="${id}-hint"` : nothing}>
      <option value="">${words.campaigns.noSender}</option>
      ${options.map((email) => html`<option ${email === held ? 'selected' : nothing}>${email}</option>`)}
    </select>
    ${hasHint ? html`<p class="hint" id="${id}-hint"><a href="/settings/senders">${words.campaigns.senderHint}</a></p>` : nothing}
  </div>`
}
