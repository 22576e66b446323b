// The pages in English.

import { campaigns } from './en/campaigns.ts'
import { contact } from './en/contact.ts'
import { contacts } from './en/contacts.ts'
import { events } from './en/events.ts'
import { frame } from './en/frame.ts'
import { home } from './en/home.ts'
import { sending } from './en/sending.ts'
import { settings } from './en/settings.ts'
import { signIn } from './en/sign-in.ts'
import { webhooks } from './en/webhooks.ts'
import { providerHooks } from './en/provider-hooks.ts'

export const en = {
  language: 'en',
  ...frame,
  signIn,
  home,
  events,
  contact,
  contacts,
  campaigns,
  sending,
  settings,
  providerHooks,
  webhooks,
}
