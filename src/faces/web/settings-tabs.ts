// The pages of the settings that somebody of this role may see. Used by each of them.

import type { Scope } from '../../core/accounts/api-key.ts'
import { isAllowed } from '../../core/users/user.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import type { Member } from './visit.ts'

const tabs = [
  ['account', '/settings', 'read'],
  ['users', '/settings/users', 'admin'],
  ['keys', '/settings/keys', 'admin'],
  ['webhooks', '/settings/webhooks', 'admin'],
  ['senders', '/settings/senders', 'read'],
  ['server', '/settings/server', 'read'],
  ['audit', '/settings/audit', 'admin'],
] as const satisfies readonly [string, string, Scope][]

export function settingsTabs({ words, user }: Member, current: (typeof tabs)[number][0]): Html {
  const w = words.settings
  return html`<nav class="tabs" aria-label="${w.tabsLabel}">
    ${tabs
      .filter(([, , needs]) => isAllowed(user.role, needs))
      .map(
        ([name, href]) =>
          html`<a href="${href}" ${name === current ? html`aria-current="page"` : nothing}>${w.tabs[name]}</a>`,
      )}
  </nav>`
}
