// The preference page itself: three forms, because the choice what is noted is none about mail. Used by preferences.ts.

import { html } from 'hono/html'
import type { Preferences } from '../../core/contacts/preferences.ts'
import { trackingLevels } from '../../core/tracking/consent.ts'
import type { TrackingLevel } from '../../core/tracking/consent.ts'
import type { TrackAnswer } from './answers.ts'
import { renderPage } from './page.ts'
import type { Html } from './page.ts'
import { wordsOf } from './words/words.ts'
import type { Language, Words } from './words/words.ts'

interface Shown extends Preferences {
  /** Masked. */
  address: string
  tracking: TrackingLevel
  /** What was changed by the form before; undefined at a first look. */
  saved: string | undefined
  /** Goes with every form, so that one made elsewhere is none of ours. */
  formToken: string
}

export function preferencesPage(language: Language, shown: Shown): Promise<TrackAnswer> {
  const words = wordsOf(language)
  const body = html`<p>${words.preferencesText(shown.address)}</p>
    ${banner(words, shown)} ${listsForm(words, shown)} ${trackingForm(words, shown)} ${stopForm(words, shown)}`
  return renderPage({ language, title: words.preferencesTitle, body })
}

/** The words a choice was made with, as they are kept for evidence. */
export function wordingOf(language: Language, tracking: TrackingLevel): string {
  const words = wordsOf(language)
  const { label, hint } = levelWords(words, tracking)
  return `${words.trackingTitle}. ${words.trackingHint} [x] ${label}. ${hint}`
}

function banner(words: Words, { status, saved, isBlocked }: Shown): Html[] {
  const isOptedOut = status === 'do-not-mail'
  const notes: Html[] = []
  if (saved === 'waiting' && !isOptedOut) notes.push(html`<p role="status">${words.waitingText}</p>`)
  else if (saved === 'lists' || saved === 'tracking') notes.push(html`<p role="status">${words.savedText}</p>`)
  if (isBlocked) notes.push(html`<p class="note">${words.blockedText}</p>`)
  else if (isOptedOut) notes.push(html`<p class="note">${words.optedOutText}</p>`)
  return notes
}

function listsForm(words: Words, { lists, formToken }: Shown): Html {
  if (lists.length === 0) {
    return html`<section>
      <h2>${words.listsTitle}</h2>
      <p class="hint">${words.noListsText}</p>
    </section>`
  }
  return html`<section>
    <form method="post">
      <input type="hidden" name="form" value="${formToken}" />
      <input type="hidden" name="change" value="lists" />
      <fieldset>
        <legend>${words.listsTitle}</legend>
        <p class="hint">${words.listsHint}</p>
        ${lists.map(
          ({ listId, name, isOn }) =>
            html`<input type="hidden" name="shown" value="${listId}" />
              <label class="choice"
                ><input type="checkbox" name="list" value="${listId}" ${isOn ? 'checked' : ''} />
                <span>${name}</span></label
              >`,
        )}
      </fieldset>
      <button>${words.saveLists}</button>
    </form>
  </section>`
}

function trackingForm(words: Words, { tracking, formToken }: Shown): Html {
  return html`<section>
    <form method="post">
      <input type="hidden" name="form" value="${formToken}" />
      <input type="hidden" name="change" value="tracking" />
      <fieldset>
        <legend>${words.trackingTitle}</legend>
        <p class="hint">${words.trackingHint}</p>
        ${trackingLevels.map((level) => {
          const { label, hint } = levelWords(words, level)
          return html`<label class="choice"
            ><input type="radio" name="tracking" value="${level}" ${level === tracking ? 'checked' : ''} />
            <span>${label}</span><small>${hint}</small></label
          >`
        })}
      </fieldset>
      <button>${words.saveTracking}</button>
    </form>
  </section>`
}

function stopForm(words: Words, { status, formToken }: Shown): Html | string {
  if (status === 'do-not-mail') return ''
  return html`<section>
    <form method="post">
      <input type="hidden" name="form" value="${formToken}" />
      <input type="hidden" name="change" value="stop" />
      <h2>${words.stopTitle}</h2>
      <p class="hint">${words.stopText}</p>
      <button class="second">${words.stopButton}</button>
    </form>
  </section>`
}

function levelWords(words: Words, level: TrackingLevel): { label: string; hint: string } {
  switch (level) {
    case 'full':
      return { label: words.trackingFull, hint: words.trackingFullHint }
    case 'aggregate':
      return { label: words.trackingAggregate, hint: words.trackingAggregateHint }
    case 'none':
      return { label: words.trackingNone, hint: words.trackingNoneHint }
  }
}
