// Who a contact is: the head of its page, and the facts beside its history. Used by contact.ts.

import type { Contact, Profile, ProfileField } from '../../core/contacts/contact.ts'
import { isAllowed } from '../../core/users/user.ts'
import type { ContactFacts } from './contact-facts.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { fullName, initials, toneOf } from './person.ts'
import { formatTime, timeElement } from './time.ts'
import type { Member } from './visit.ts'
import type { Words } from './words/words.ts'

export function contactHead(visit: Member, facts: ContactFacts): Html {
  const { words } = visit
  const { contact, suppression, hold, neighbours } = facts
  const name = fullName(contact)
  const beside = (id: number | undefined, key: 'previous' | 'next'): Html =>
    html`<a class="button plain tight" rel="${key === 'next' ? 'next' : 'prev'}" data-go="${key}" ${id === undefined ? html`aria-disabled="true" role="link"` : html`href="/contacts/${id}"`} aria-label="${words.contact[key]}" title="${words.contact[key]}">${icon(key)}</a>` // oxfmt-ignore
  return html`<div class="head">
    <span class="face big t${toneOf(contact.email)}" aria-hidden="true">${initials(name || contact.email)}</span>
    <div class="text">
      <h1>${name || contact.email}</h1>
      <p>
        ${name ? html`<span data-copy-text>${contact.email}</span> · ` : nothing}${words.contact.id(contact.contactId)}
      </p>
      <p class="badges">${statusBadges(visit, facts)}</p>
    </div>
    <div class="actions">
      ${contactMenu(visit, contact, suppression !== undefined || hold !== undefined)}
      <nav class="actions" aria-label="${words.contact.neighbours}">
        ${beside(neighbours.previous, 'previous')}${beside(neighbours.next, 'next')}
      </nav>
    </div>
  </div>`
}

function statusBadges({ words, look }: Member, { contact, suppression, hold, tracking }: ContactFacts): Content {
  const w = words.contact
  const tones = { active: 'good', unconfirmed: 'warn', removed: '', 'do-not-mail': 'bad' } as const
  return [
    html`<span class="badge ${tones[contact.status]}">${w.statuses[contact.status]}</span>`,
    suppression ? html`<span class="badge bad">${w.suppressed(w.suppressions[suppression.reason])}</span>` : nothing,
    hold
      ? html`<span class="badge bad" title="${hold.message}"
          >${words.sending.holds.badge(holdEnd(words, look.zone, hold.until))}</span
        >`
      : nothing,
    html`<span class="badge ${tracking === 'full' ? 'line' : 'warn'}">${w.tracking[tracking]}</span>`,
  ]
}

function holdEnd({ sending: { holds: w } }: Words, zone: string, until: number | null): string {
  return until === null ? w.forGood : w.untilTime(formatTime(until, zone, 'date'))
}

function contactMenu({ words, user }: Member, { contactId }: Contact, isSuppressed: boolean): Content {
  const w = words.contact
  const base = `/contacts/${contactId}`
  const suppression = isSuppressed ? 'unsuppress' : 'suppress'
  return html`<details class="menu">
    <summary class="button">${w.actions} ${icon('next')}</summary>
    <div class="sheet">
      <a href="${base}/export">${icon('download')}${w.export}</a>
      ${
        isAllowed(user.role, 'write')
          ? html`<a href="${base}/edit">${icon('user')}${w.edit}</a>
              <a href="${base}/consent">${icon('open')}${w.consentChange}</a>
              <a href="${base}/${suppression}">${icon(isSuppressed ? 'done' : 'optout')}${w[suppression]}</a>`
          : nothing
      }
      ${isAllowed(user.role, 'admin') ? html`<a class="item danger" href="${base}/erase">${icon('warning')}${w.erase}</a>` : nothing}
    </div>
  </details>`
}

export function contactAside(visit: Member, facts: ContactFacts): Content {
  const { words, look } = visit
  const w = words.contact
  const { contact, memberships } = facts
  return [
    html`<section class="card">
      <h2>${w.details}</h2>
      <dl class="facts">${contactFacts(visit, contact)}</dl>
    </section>`,
    html`<section class="card">
      <h2>${w.lists}</h2>
      ${
        memberships.length === 0
          ? html`<p class="quiet">${w.noLists}</p>`
          : html`<ul class="pairs">
              ${memberships.map(
                ({ listId, listName, optInAt }) =>
                  html`<li>
                    <a href="/lists/${listId}">${listName}</a>
                    <span class="quiet small">${timeElement(optInAt, look.zone, 'date')}</span>
                  </li>`,
              )}
            </ul>`
      }
    </section>`,
    consentCard(visit, facts),
  ]
}

function consentCard({ words, look }: Member, { tracking, consents }: ContactFacts): Html {
  const w = words.contact
  return html`<section class="card">
    <h2>${w.consent}</h2>
    <p><strong>${w.tracking[tracking]}.</strong> <span class="quiet">${w.trackingHints[tracking]}</span></p>
    ${
      consents.length === 0
        ? html`<p class="quiet small">${w.consentNone}</p>`
        : html`<ul class="stack small">
            ${consents.map(
              (consent) =>
                html`<li>
                  <span class="quiet">${timeElement(consent.at, look.zone)}</span><br />${w.tracking[consent.tracking]},
                  ${w.consentSource(consent.source)}
                  ${consent.wording ? html`<br /><q>${consent.wording}</q>` : nothing}
                </li>`,
            )}
          </ul>`
    }
  </section>`
}

function contactFacts({ words, look }: Member, contact: Contact): Content {
  const w = words.contact
  const { profile } = contact
  const time = (at: number | null): Content => (at === null ? nothing : timeElement(at, look.zone, 'minute'))
  const rows: [label: string, value: Content][] = [
    [w.fields.company, profile.companyName ?? nothing],
    [w.fields.job, profile.jobTitle ?? nothing],
    [w.fields.phone, [profile.workPhone, profile.homePhone].filter(Boolean).join(', ')],
    [w.fields.place, placeOf(profile)],
    [w.fields.optIn, contact.optInAt === null ? nothing : html`${time(contact.optInAt)} ${contact.optInSource ? w.by[contact.optInSource] : nothing}`],
    [w.fields.optOut, contact.optOutAt === null ? nothing : html`${time(contact.optOutAt)} ${contact.optOutSource ? w.by[contact.optOutSource] : nothing}`],
    [w.fields.reason, contact.optOutReason ?? nothing],
    [w.fields.format, contact.emailType === 'html' ? 'HTML' : 'Text'],
    [w.fields.added, time(contact.createdAt)],
    [w.fields.note, profile.note ?? nothing],
    ...customFields(profile).map(([no, value]): [string, Content] => [w.customField(no), value]),
  ] // oxfmt-ignore
  return rows
    .filter(([, value]) => value !== nothing)
    .map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )
}

function placeOf({ addr1, city, stateName, stateCode, postalCode, countryName }: Profile): string {
  const town = [postalCode, city].filter(Boolean).join(' ')
  return [addr1, town, stateName ?? stateCode, countryName].filter(Boolean).join(', ')
}

function customFields(profile: Profile): [no: string, value: string][] {
  return Object.entries(profile).flatMap(([field, value]): [string, string][] => {
    const no = /^customField(\d+)$/.exec(field satisfies string as ProfileField)?.[1]
    return no !== undefined && value ? [[no, value]] : []
  })
}
