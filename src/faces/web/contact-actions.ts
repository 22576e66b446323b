// /contacts/{id}/suppress, unsuppress, consent and erase: what can be done to a contact, each asked for on a page of its own
// before it is done.

import { getContact } from '../../core/contacts/contact.ts'
import type { Contact } from '../../core/contacts/contact.ts'
import { normalizeEmail } from '../../core/contacts/email.ts'
import type { AuditAction } from '../../core/audit/audit.ts'
import { noteDeed } from '../../core/audit/audit.ts'
import { eraseContact } from '../../core/erasure/erase-contact.ts'
import { releaseHold } from '../../core/suppressions/hold.ts'
import { listMailBlocks } from '../../core/suppressions/mail-blocks.ts'
import { addSuppression, findSuppression, removeSuppression } from '../../core/suppressions/suppression.ts'
import { getTracking, setConsent, trackingLevels } from '../../core/tracking/consent.ts'
import { InvalidInputError } from '../../errors.ts'
import { contactIdOf } from './contact-query.ts'
import { html } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, renderPage } from './layout.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'

/** What was written as evidence of consent. */
const maxWording = 1000

interface Question {
  title: string
  text: string
  /** Between the text and the buttons. */
  fields?: Content
  button: string
  isDangerous?: boolean
  complaint?: string | undefined
}

async function contactOf(visit: Member): Promise<Contact> {
  return getContact(visit.app.db, visit.accountId, contactIdOf(visit))
}

function questionPage(visit: Member, contact: Contact, question: Question): Promise<Response> {
  const { words } = visit
  const { title, text, fields, button, isDangerous, complaint } = question
  const body: Html = html`${complaintNotice(complaint)}
    <section class="card ${isDangerous ? 'danger' : ''}">
      <form method="post" action="${visit.path}">
        <h1>${title}</h1>
        <p class="lead">${text}</p>
        ${formField(visit)} ${fields}
        <div class="actions">
          <button class="${isDangerous ? 'danger full' : 'primary'}">${button}</button>
          <a class="button" href="/contacts/${contact.contactId}">${words.cancel}</a>
        </div>
      </form>
    </section>`
  const crumbs = [[words.contacts.title, '/contacts'], [contact.email, `/contacts/${contact.contactId}`]] as const // oxfmt-ignore
  return renderPage(visit, { title, place: 'contacts', body, isNarrow: true, crumbs: crumbs.map(([a, b]) => [a, b]), status: complaint === undefined ? 200 : 400 }) // oxfmt-ignore
}

function done(visit: Member, contact: Contact, action: AuditAction, word: string): Promise<Response> {
  const { app, accountId, user, now } = visit
  const { contactId } = contact
  const deed = { by: user, action, subject: `contact ${contactId}` }
  return noteDeed(app.db, accountId, deed, now).then(() => seeOther(`/contacts/${contactId}?done=${word}`))
}

export async function askSuppress(visit: Member): Promise<Response> {
  const contact = await contactOf(visit)
  const w = visit.words.contact
  return questionPage(visit, contact, {
    title: w.suppressTitle(contact.email),
    text: w.suppressText,
    button: w.suppress,
  })
}

export async function suppress(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  const contact = await contactOf(visit)
  const suppression = { email: contact.email, reason: 'manual' as const, source: 'web' }
  await app.db.transaction((tx) => addSuppression(tx, accountId, suppression, now))
  return done(visit, contact, 'contact.suppress', 'suppressed')
}

export async function askUnsuppress(visit: Member): Promise<Response> {
  const contact = await contactOf(visit)
  const { contact: w } = visit.words
  const suppression = await findSuppression(visit.app.db, visit.accountId, contact.email)
  const blocks = await listMailBlocks(visit.app.db, visit.accountId, contact, visit.now)
  if (blocks.length === 0) return seeOther(`/contacts/${contact.contactId}`)
  return questionPage(visit, contact, {
    title: w.unsuppressTitle(contact.email),
    text: w.unsuppressText(w.suppressionCauses[suppression?.reason ?? 'bounce']),
    button: w.unsuppress,
  })
}

export async function unsuppress(visit: Member): Promise<Response> {
  const { app, accountId } = visit
  const contact = await contactOf(visit)
  await app.db.transaction(async (tx) => {
    await removeSuppression(tx, accountId, contact.email)
    await releaseHold(tx, accountId, contact.contactId)
  })
  return done(visit, contact, 'contact.unsuppress', 'unsuppressed')
}

export async function askConsent(visit: Member, complaint?: string): Promise<Response> {
  const { app, accountId, words } = visit
  const w = words.contact
  const contact = await contactOf(visit)
  const held = await getTracking(app.db, accountId, contact.contactId)
  const fields = html`<fieldset>
      <legend>${w.consentChoose}</legend>
      ${trackingLevels.map(
        (level) =>
          html`<label class="choice"
            ><input type="radio" name="tracking" value="${level}" ${level === held ? 'checked' : ''} /><span
              >${w.tracking[level]}</span
            ><small>${w.trackingHints[level]}</small></label
          >`,
      )}
    </fieldset>
    <div class="field">
      <label for="wording">${w.consentWording}</label>
      <textarea
        id="wording"
        name="wording"
        maxlength="${maxWording}"
        required
        aria-describedby="wording-hint"
      ></textarea>
      <p class="hint" id="wording-hint">${w.consentWordingHint}</p>
    </div>`
  const text = contact.email
  return questionPage(visit, contact, { title: w.consent, text, fields, button: words.save, complaint })
}

export async function changeConsent(visit: Member): Promise<Response> {
  const { app, accountId, form, now } = visit
  const contact = await contactOf(visit)
  const tracking = trackingLevels.find((level) => level === form.fields.get('tracking'))
  const wording = (form.fields.get('wording') ?? '').replaceAll('\r\n', '\n').replaceAll('\0', '').trim()
  if (!tracking || wording.length > maxWording) throw new InvalidInputError('this choice is none')
  if (wording === '') return askConsent(visit, visit.words.contact.consentWordingHint)
  await setConsent(app.db, accountId, contact.contactId, { tracking, source: 'web', wording, at: now })
  return done(visit, contact, 'contact.consent', 'consent-set')
}

export async function askErase(visit: Member, complaint?: string): Promise<Response> {
  const { contact: w } = visit.words
  const contact = await contactOf(visit)
  const fields = html`<div class="field">
    <label for="email">${w.eraseConfirm}</label>
    <input
      id="email"
      name="email"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      required
      placeholder="${contact.email}"
    />
  </div>`
  return questionPage(visit, contact, {
    title: w.eraseTitle(contact.email),
    text: w.eraseText,
    fields,
    button: w.eraseButton,
    isDangerous: true,
    complaint,
  })
}

export async function erase(visit: Member): Promise<Response> {
  const { app, accountId, user, form, now, words } = visit
  const contact = await contactOf(visit)
  if (normalizeEmail(form.fields.get('email') ?? '') !== contact.email)
    return askErase(visit, words.contact.eraseMismatch)
  const { contactId } = contact
  // Noted first: who was to be erased is to be found when it was cut off.
  await noteDeed(app.db, accountId, { by: user, action: 'contact.erase', subject: `contact ${contactId}` }, now)
  await eraseContact(app.db, accountId, contact, now)
  return seeOther('/contacts?done=contact-erased')
}
