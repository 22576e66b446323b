// GET /contacts/{id}: who this is, how much it did, and everything it did, newest first. The page that all this is for.

import type { Contact } from '../../core/contacts/contact.ts'
import { activityStrip } from './activity-strip.ts'
import { contactAside, contactHead } from './contact-card.ts'
import { readFacts } from './contact-facts.ts'
import { chipText, countKinds, sumOf } from './contact-kinds.ts'
import type { KindChip } from './contact-kinds.ts'
import type { ContactFacts } from './contact-facts.ts'
import { contactIdOf, isFiltered, parseContactQuery, queryText } from './contact-query.ts'
import type { ContactQuery } from './contact-query.ts'
import { contactTiles } from './contact-tiles.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon } from './icons.ts'
import { keysDialog } from './keys-dialog.ts'
import { renderPage } from './layout.ts'
import { readTimeline, timelineDays } from './timeline.ts'
import type { Timeline } from './timeline.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

export async function showContact(visit: Member): Promise<Response> {
  const contactId = contactIdOf(visit)
  const query = parseContactQuery(visit.query)
  const facts = await readFacts(visit, contactId)
  const chips = await countKinds(visit, facts, query)
  const timeline = await readTimeline(visit, contactId, query)
  const body = html`${contactHead(visit, facts)} ${contactTiles(visit, facts)}
    <section class="card" aria-labelledby="activity">
      <h2 id="activity">${visit.words.contact.activity}</h2>
      ${activityStrip(visit, facts)}
    </section>
    <div class="columns">
      ${history(visit, facts, { query, chips, timeline })}
      <aside class="stack">${contactAside(visit, facts)}</aside>
    </div>
    ${keysDialog(visit)}`
  return renderPage(visit, {
    title: facts.contact.email,
    place: 'contacts',
    body,
    scripts: ['contact.js'],
    crumbs: [[visit.words.contacts.title, '/contacts']],
  })
}

interface Shown {
  query: ContactQuery
  chips: readonly KindChip[]
  timeline: Timeline
}

function history(visit: Member, facts: ContactFacts, { query, chips, timeline }: Shown): Html {
  const { words } = visit
  const w = words.contact
  const { contact } = facts
  return html`<section class="card flush" aria-labelledby="history">
    <div class="bar">
      <h2 id="history">${w.history}</h2>
      ${whoSwitch(visit, facts, query)}
      ${(['csv', 'json'] as const).map(
        (type) =>
          html`<a
            class="button tight"
            href="/contacts/${contact.contactId}/events.${type}${queryText(query)}"
            download
            aria-label="${w.download} ${type.toUpperCase()}"
            >${icon('download')}${type.toUpperCase()}</a
          >`,
      )}
    </div>
    <div class="bar">${kindChips(visit, facts, query, chips)}</div>
    <div class="bar">${filterForm(visit, facts, query)}</div>
    ${query.after ? startsLater(visit, contact, query, timeline) : nothing}
    <div id="events" data-events tabindex="-1">${timelineDays(visit, contact.contactId, query, timeline)}</div>
  </section>`
}

function startsLater(visit: Member, { contactId }: Contact, query: ContactQuery, { events }: Timeline): Content {
  const [first] = events
  if (!first) return nothing
  return html`<p class="pager">
    <span>${timeElement(first.at, visit.look.zone)}</span>
    <a href="/contacts/${contactId}${queryText(query)}#history">${visit.words.contact.newest}</a>
  </p>`
}

function kindChips(
  { words }: Member,
  { contact }: ContactFacts,
  query: ContactQuery,
  chips: readonly KindChip[],
): Html {
  const link = (text: Content, kind: ContactQuery['kind'], count: string): Html =>
    html`<a href="/contacts/${contact.contactId}${queryText(query, { kind })}#history" ${kind ? html`data-kind="${kind}"` : nothing} ${query.kind === kind ? html`aria-current="true"` : nothing}>${text} <span class="count">${count}</span></a>` // oxfmt-ignore
  return html`<nav class="chips" aria-label="${words.contact.kinds}">
    ${link(words.contact.all, undefined, chipText(sumOf(chips)))}
    ${chips.map((chip) => link(words.events.plural[chip.kind], chip.kind, chipText(chip)))}
  </nav>`
}

function whoSwitch({ words }: Member, { contact }: ContactFacts, query: ContactQuery): Html {
  const w = words.contact
  return html`<nav class="segments" aria-label="${w.who}">
    ${([false, true] as const).map(
      (isPeopleOnly) =>
        html`<a href="/contacts/${contact.contactId}${queryText(query, { isPeopleOnly })}#history" ${query.isPeopleOnly === isPeopleOnly ? html`aria-current="true"` : nothing}>${isPeopleOnly ? w.people : w.everything}</a>`, // oxfmt-ignore
    )}
  </nav>`
}

function filterForm({ words }: Member, { contact, campaigns }: ContactFacts, query: ContactQuery): Html {
  const w = words.contact
  return html`<form class="filters" action="/contacts/${contact.contactId}#history" data-filters>
    ${query.kind ? html`<input type="hidden" name="kind" value="${query.kind}" />` : nothing}
    <label
      >${w.campaign}
      <select name="campaign">
        <option value="">${w.anyCampaign}</option>
        ${campaigns.map(
          ({ campaignId, name }) =>
            html`<option value="${campaignId}" ${campaignId === query.campaignId ? 'selected' : nothing}>
              ${name}
            </option>`,
        )}
      </select></label
    >
    <label>${w.from} <input type="date" name="from" value="${query.fromDay}" min="2000-01-01" /></label>
    <label>${w.until} <input type="date" name="until" value="${query.untilDay}" min="2000-01-01" /></label>
    ${query.isPeopleOnly ? html`<input type="hidden" name="who" value="people" />` : nothing}
    <button>${w.apply}</button>
    ${isFiltered(query) ? html`<a class="button plain" href="/contacts/${contact.contactId}#history">${w.clear}</a>` : nothing}
  </form>`
}
