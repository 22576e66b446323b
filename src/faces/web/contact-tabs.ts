// The three collections around contacts. Used by their pages.

import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import type { Member } from './visit.ts'

const tabs = [
  ['all', '/contacts'],
  ['lists', '/lists'],
  ['imports', '/imports'],
] as const

export function contactTabs({ words }: Member, current: (typeof tabs)[number][0]): Html {
  return html`<nav class="tabs" aria-label="${words.contacts.tabsLabel}">
    ${tabs.map(
      ([name, href]) =>
        html`<a href="${href}" ${name === current ? html`aria-current="page"` : nothing}
          >${words.contacts.tabs[name]}</a
        >`,
    )}
  </nav>`
}
