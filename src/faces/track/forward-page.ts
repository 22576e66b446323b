// The form of forwarding to friends, and what is read from it. Used by forward.ts.

import { html } from 'hono/html'
import { parseEmail } from '../../core/contacts/email.ts'
import { cleanLine, cleanText } from '../../core/forwards/clean-words.ts'
import { maxFriends, maxName, maxNote } from '../../core/forwards/limits.ts'
import { InvalidInputError } from '../../errors.ts'
import type { TrackAnswer } from './answers.ts'
import { renderPage } from './page.ts'
import type { Html } from './page.ts'
import { forwardWords } from './words/forward.ts'
import type { ForwardWords } from './words/forward.ts'
import type { Language } from './words/words.ts'

/** As it was written, to be shown again. */
export interface Written {
  name: string
  friends: string[]
  note: string
}

export interface ReadForm {
  written: Written
  name: string
  note: string
  /** Parsed, each once. */
  friends: string[]
  /** What keeps it from being sent, in words. */
  problems: string[]
}

export const emptyForm: Written = { name: '', friends: [], note: '' }

export function readForwardForm(fields: URLSearchParams, words: ForwardWords): ReadForm {
  const written = {
    name: fields.get('name') ?? '',
    friends: fields.getAll('friend').slice(0, maxFriends),
    note: fields.get('note') ?? '',
  }
  // No more is looked at than can be right.
  const name = cleanLine(written.name.slice(0, 2 * maxName))
    .slice(0, maxName)
    .toWellFormed()
  const note = cleanText(written.note.slice(0, 2 * maxNote))
  const problems: string[] = []
  if (name === '') problems.push(words.nameMissing)
  const friends = new Set<string>()
  for (const [i, text] of written.friends.entries()) {
    if (text.trim() === '') continue
    try {
      friends.add(parseEmail(text))
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      problems.push(words.friendInvalid(i + 1))
    }
  }
  if (written.friends.every((text) => text.trim() === '')) problems.push(words.friendMissing)
  // As a browser counts it, which sends two characters for each new line.
  if (written.note.replaceAll('\r\n', '\n').length > maxNote) problems.push(words.noteTooLong)
  return { written, name, note, friends: [...friends], problems }
}

interface Shown {
  subject: string
  sender: string
  written: Written
  problems: readonly string[]
  formToken: string
}

export function forwardPage(language: Language, shown: Shown): Promise<TrackAnswer> {
  const words = forwardWords[language]
  const { subject, sender, written, problems, formToken } = shown
  const body = html`<p>${words.text(subject, sender)}</p>
    ${problemList(words, problems)}
    <form method="post">
      <input type="hidden" name="form" value="${formToken}" />
      <label class="field" for="name">${words.nameLabel}</label>
      <input id="name" name="name" required maxlength="${maxName}" autocomplete="name" value="${written.name}" />
      ${Array.from({ length: maxFriends }, (_, i) => friendField(words, i, written.friends[i] ?? ''))}
      <label class="field" for="note">${words.noteLabel}</label>
      <textarea id="note" name="note" rows="3" maxlength="${maxNote}" aria-describedby="note-hint">
${written.note}</textarea>
      <p class="hint" id="note-hint">${words.noteHint}</p>
      <div class="trap" aria-hidden="true">
        <label for="website">${words.trapLabel}</label>
        <input id="website" name="website" tabindex="-1" autocomplete="off" />
      </div>
      <p class="hint">${words.privacy}</p>
      <button>${words.button}</button>
    </form>`
  return renderPage({ language, title: words.title, body }, problems.length > 0 ? 422 : 200)
}

function problemList(words: ForwardWords, problems: readonly string[]): Html | string {
  if (problems.length === 0) return ''
  return html`<div class="note" role="alert">
    <strong>${words.problemsTitle}</strong>
    <ul>
      ${problems.map((problem) => html`<li>${problem}</li>`)}
    </ul>
  </div>`
}

function friendField(words: ForwardWords, i: number, value: string): Html {
  return html`<label class="field" for="friend-${i}">${words.friendLabel(i + 1)}</label>
    <input
      id="friend-${i}"
      name="friend"
      type="email"
      autocomplete="off"
      maxlength="254"
      ${i === 0 ? 'required' : ''}
      value="${value}"
    />`
}
