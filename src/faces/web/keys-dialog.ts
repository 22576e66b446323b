// What keys do on a page, and the switch that turns them off (WCAG 2.1.4). Shown by a script, which also makes them work.

import { html } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import type { Member } from './visit.ts'

export function keysDialog({ words }: Member): Html {
  const w = words.contact
  return html`<p class="keys">
      <button class="plain tight" type="button" data-keys hidden>${icon('keyboard')}${w.keys}</button>
    </p>
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">${w.keys}</h2>
      <table class="plain">
        ${w.keyHelp.map(
          ([key, deed]) =>
            html`<tr>
              <th scope="row"><kbd>${key}</kbd></th>
              <td>${deed}</td>
            </tr>`,
        )}
      </table>
      <form method="dialog">
        <label class="choice"><input type="checkbox" /><span>${w.keysOff}</span></label>
        <button>${w.close}</button>
      </form>
    </dialog>`
}
