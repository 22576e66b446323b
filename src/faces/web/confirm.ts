// Forms that several pages have: is it really meant, and one more address.

import { html } from './html.ts'
import type { Html } from './html.ts'
import { formField } from './layout.ts'
import type { Member } from './visit.ts'

/** Asks before something is gone; the answer is a POST to the same address. */
export function confirmForm(
  visit: Member,
  { title, text, button, back }: { title: string; text: string; button: string; back: string },
): Html {
  return html`<section class="card danger">
    <form method="post" action="${visit.path}">
      <h1>${title}</h1>
      <p class="lead">${text}</p>
      ${formField(visit)}
      <div class="actions">
        <button class="danger full">${button}</button>
        <a class="button" href="${back}">${visit.words.cancel}</a>
      </div>
    </form>
  </section>`
}

/** One field for an e-mail address, with what was typed before it was refused. */
export function addressForm(
  visit: Member,
  action: string,
  w: { add: string; email: string; addHint: string; addButton: string },
): Html {
  return html`<section class="card">
    <h2>${w.add}</h2>
    <form method="post" action="${action}">
      ${formField(visit)}
      <div class="field">
        <label for="email">${w.email}</label>
        <input
          id="email"
          name="email"
          type="email"
          required
          autocomplete="off"
          value="${visit.form.fields.get('email') ?? ''}"
          aria-describedby="email-hint"
        />
        <p class="hint" id="email-hint">${w.addHint}</p>
      </div>
      <button>${w.addButton}</button>
    </form>
  </section>`
}
