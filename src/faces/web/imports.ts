// /imports: contacts from a file, what became of it, and the lines that could not be taken.

import { getActivity, listActivities, listActivityErrors } from '../../core/activities/activity.ts'
import type { Activity, ActivityError } from '../../core/activities/activity.ts'
import { maxErrors } from '../../core/activities/step.ts'
import { submitActivity } from '../../core/activities/submit-activity.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { isAllowed } from '../../core/users/user.ts'
import { InvalidInputError } from '../../errors.ts'
import { listChoices } from './contact-edit.ts'
import { contactTabs } from './contact-tabs.ts'
import { tile } from './contact-tiles.ts'
import { csvLine, download } from './download.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import { formatCount } from './numbers.ts'
import { seeOther } from './respond.ts'
import { agoElement, formatTime, timeElement } from './time.ts'
import type { Member } from './visit.ts'

/** As much as the 2008 wire takes. */
const maxInput = 20 * 2 ** 20
/** With what a form adds around it. */
export const maxImportForm = maxInput + 64 * 1024
const shownImports = 100
const shownErrors = 100

export async function showImports(visit: Member): Promise<Response> {
  const { app, accountId, words, user } = visit
  const w = words.contacts
  const activities = await listActivities(app.db, accountId, shownImports)
  const actions = isAllowed(user.role, 'write')
    ? html`<a class="button primary" href="/imports/new">${icon('import')}${w.importNew}</a>`
    : undefined
  const body = html`${pageHead(w.importsTitle, w.importsLead, actions)} ${contactTabs(visit, 'imports')}
    <div class="card flush">${activities.length === 0 ? noImports(visit) : importTable(visit, activities)}</div>`
  return renderPage(visit, { title: w.importsTitle, place: 'contacts', body })
}

function noImports({ words }: Member): Html {
  const w = words.contacts
  return html`<div class="empty">
    ${icon('import')}
    <h2>${w.importEmpty}</h2>
    <p>${w.importEmptyText}</p>
    <p>${w.importHistoryHint}</p>
  </div>`
}

const stateTones = { pending: 'info', running: 'info', complete: 'good', error: 'bad' } as const

function importTable({ words, look }: Member, activities: readonly Activity[]): Html {
  const w = words.contacts
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${w.importColumns.started}</th>
          <th scope="col">${w.importColumns.what}</th>
          <th scope="col">${w.importColumns.state}</th>
          <th scope="col" class="number">${w.importColumns.done}</th>
          <th scope="col" class="number">${w.importColumns.rejected}</th>
        </tr>
      </thead>
      <tbody>
        ${activities.map(
          (one) =>
            html`<tr>
              <th scope="row"><a href="/imports/${one.activityId}">${timeElement(one.insertedAt, look.zone)}</a></th>
              <td>${w.activityTypes[one.type]}</td>
              <td><span class="badge ${stateTones[one.status]}">${w.states[one.status]}</span></td>
              <td class="number">${formatCount(one.transactionCount)}</td>
              <td class="number">${formatCount(one.errorCount)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

export async function showNewImport(visit: Member, complaint?: string): Promise<Response> {
  const { words, form } = visit
  const w = words.contacts
  const body = html`${pageHead(w.importNew, w.importsLead)} ${complaintNotice(complaint)}
    <form method="post" action="/imports" enctype="multipart/form-data" class="card">
      ${formField(visit)}
      <div class="field">
        <label for="file">${w.file}</label>
        <input id="file" name="file" type="file" accept=".csv,.txt,text/csv,text/plain" aria-describedby="file-hint" />
        <p class="hint" id="file-hint">${w.fileHint}</p>
      </div>
      <div class="field">
        <label for="lines">${w.paste}</label>
        <textarea id="lines" name="lines" rows="6" spellcheck="false" aria-describedby="lines-hint">
${form.fields.get('lines') ?? ''}</textarea>
        <p class="hint" id="lines-hint">${w.pasteHint}</p>
      </div>
      ${await listChoices(visit, form.fields.getAll('list').map(Number), w.intoLists)}
      <div class="actions">
        <button class="primary">${w.start}</button>
        <a class="button" href="/imports">${words.cancel}</a>
      </div>
    </form>
    <p class="small quiet keys">${w.importHistoryHint}</p>`
  return renderPage(visit, { title: w.importNew, place: 'contacts', body, isNarrow: true, crumbs: [[w.importsTitle, '/imports']], status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

export async function startImport(visit: Member): Promise<Response> {
  const { app, accountId, user, now } = visit
  try {
    const activity = await submitActivity(app.db, accountId, { type: 'add', ...readImport(visit) }, now)
    const deed = { by: user, action: 'import.start', subject: `import ${activity.activityId}` } as const
    await noteDeed(app.db, accountId, deed, now)
    return seeOther(`/imports/${activity.activityId}?done=import-started`)
  } catch (error) {
    if (error instanceof InvalidInputError) return showNewImport(visit, error.message)
    throw error
  }
}

function readImport({ form, words }: Member): { request: { listIds: number[] }; input: Uint8Array } {
  const w = words.contacts
  const lines = (form.fields.get('lines') ?? '').trim()
  const file = form.file && form.file.bytes.length > 0 ? form.file.bytes : undefined
  if (file && lines !== '') throw new InvalidInputError(w.bothInputs)
  const input = file ?? (lines === '' ? undefined : Buffer.from(withHeader(lines)))
  if (!input) throw new InvalidInputError(w.noInput)
  if (input.length > maxInput) throw new InvalidInputError(w.fileHint)
  const listIds = [...new Set(form.fields.getAll('list').map(Number))]
  if (listIds.length === 0) throw new InvalidInputError(w.noListChosen)
  return { request: { listIds }, input }
}

// Pasted lines begin with a contact mostly: what the page itself suggests to paste.
function withHeader(lines: string): string {
  const first = lines.split('\n', 1)[0]!
  return first.includes('@') && first.includes(',') ? `Email Address,First Name,Last Name\n${lines}` : lines
}

export async function showImport(visit: Member): Promise<Response> {
  const { app, accountId, words, look, now } = visit
  const w = words.contacts
  const activity = await getActivity(app.db, accountId, visit.of('id'))
  const errors = await listActivityErrors(app.db, accountId, activity.activityId, shownErrors)
  const isOver = activity.finishedAt !== null
  const title = w.importTitle(formatTime(activity.insertedAt, look.zone, 'minute'))
  const seconds = ((activity.finishedAt ?? now) - (activity.startedAt ?? activity.insertedAt)) / 1000
  const refresh = isOver ? undefined : html`<a class="button" href="/imports/${activity.activityId}">${w.refresh}</a>`
  const body = html`${pageHead(title, w.activityTypes[activity.type], refresh)}
    <div ${isOver ? nothing : html`data-live`}>
      <dl class="tiles">
        ${tile(w.importColumns.state, html`<span class="badge ${stateTones[activity.status]}">${w.states[activity.status]}</span>`, agoElement(activity.insertedAt, now))}
        ${tile(w.taken, formatCount(activity.transactionCount), undefined)}
        ${tile(w.rejected, formatCount(activity.errorCount), undefined)}
        ${tile(w.duration, `${Math.max(0, seconds).toFixed(1)} s`, undefined)}
      </dl>
    </div>
    ${rejects(visit, activity, errors)}`
  return renderPage(visit, { title, place: 'contacts', body, crumbs: [[w.importsTitle, '/imports']], scripts: isOver ? [] : ['live.js'] }) // oxfmt-ignore
}

function rejects({ words }: Member, { activityId, finishedAt }: Activity, errors: readonly ActivityError[]): Html {
  const w = words.contacts
  if (errors.length === 0) return html`<section class="card"><p class="quiet">${finishedAt === null ? w.noRejectsYet : w.noRejects}</p></section>` // oxfmt-ignore
  return html`<section class="card flush" aria-labelledby="rejects">
    <div class="bar">
      <h2 id="rejects">${w.rejectsTitle}</h2>
      <a class="button tight" href="/imports/${activityId}/rejects.csv" download
        >${icon('download')}${w.downloadRejects}</a
      >
    </div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">${w.rejectColumns.line}</th>
            <th scope="col">${w.rejectColumns.email}</th>
            <th scope="col">${w.rejectColumns.reason}</th>
          </tr>
        </thead>
        <tbody>
          ${errors.map(
            ({ line, email, message }) =>
              html`<tr>
                <td class="number" data-label="${w.rejectColumns.line}">${line > 0 ? line : '–'}</td>
                <td>${email}</td>
                <td>${message}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${errors.length === shownErrors ? html`<p class="pager">${w.rejectsFirst(shownErrors)}</p>` : nothing}
  </section>`
}

export async function downloadRejects({ app, accountId, of }: Member): Promise<Response> {
  const { activityId } = await getActivity(app.db, accountId, of('id'))
  const errors = await listActivityErrors(app.db, accountId, activityId, maxErrors + 1)
  async function* lines(): AsyncGenerator<string> {
    yield csvLine(['line', 'email', 'reason'])
    for (const { line, email, message } of errors) yield csvLine([line, email, message])
  }
  return download(`import-${activityId}-rejects`, 'csv', lines())
}
