// What every campaign's mail says beside its own text: the link to see it in the browser, the greeting, why the reader gets
// it, the way off the list and who sends it (wire-2008 5.2 has the switches). Added to the template, not to each message.

import { scanHtml } from '../../mail/scan-html.ts'
import { splice } from '../../mail/splice.ts'
import type { CampaignContent } from '../campaigns/campaign.ts'
import { organizationLine } from './merge-data.ts'

/** The campaign's HTML with what it has not got itself: a template that prints `unsubscribe_url` brings its own footer. */
export function dressHtml(content: CampaignContent): string {
  const html = content.html ?? ''
  const scan = scanHtml(html)
  const start = scan?.bodyStart ?? 0
  // Behind what never ends there is no place: then the footer stands in front of it rather than nowhere.
  const end = scan?.bodyEnd ?? start
  return splice(html, [
    { start, end: start, text: headOf(content) },
    { start: end, end, text: footOf(content, html) },
  ])
}

/** The same for a text part that the author wrote. */
export function dressText(content: CampaignContent): string {
  const text = plainText(content.text ?? '')
  const view = isYes(content.viewAsWebpage) ? `${viewText(content)} {{ view_url }}\n\n` : ''
  const greeting = greetingOf(content)
  const lines = [
    isYes(content.permissionReminder) && content.permissionReminderText,
    !mentions(text, 'unsubscribe_url') && 'Unsubscribe: {{ unsubscribe_url }}',
    !mentions(text, 'preferences_url') && 'Preferences: {{ preferences_url }}',
    organizationLine({ content }),
  ].filter(Boolean)
  return `${view}${greeting === '' ? '' : `${greeting}\n\n`}${text.trimEnd()}\n\n-- \n${lines.join('\n')}\n`
}

/** On the old wire the text part stands in an element of its own (wire-2008 5.2). */
function plainText(text: string): string {
  const inside = /^\s*<Text[^>]*>(?<inside>[\s\S]*)<\/Text>\s*$/.exec(text)?.groups?.['inside']
  if (inside === undefined) return text
  return inside.replaceAll(/&(lt|gt|amp|quot|apos|#\d{1,7});|<!\[CDATA\[([\s\S]*?)\]\]>/g, (all, name, data) => {
    if (typeof data === 'string') return data
    const code = /^#(\d+)$/.exec(String(name))?.[1]
    if (code !== undefined) return Number(code) <= 0x10_ff_ff ? String.fromCodePoint(Number(code)) : all
    return entities[String(name)]!
  })
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function headOf(content: CampaignContent): string {
  const view = isYes(content.viewAsWebpage)
    ? `<p style="${small};text-align:center"><a href="{{ view_url }}">${escape(viewText(content))}</a></p>`
    : ''
  const greeting = greetingOf(content)
  return view + (greeting === '' ? '' : `<p>${escape(greeting)}</p>`)
}

function viewText({ viewAsWebpageText, viewAsWebpageLinkText }: CampaignContent): string {
  return [viewAsWebpageText, viewAsWebpageLinkText].filter(Boolean).join(' ') || 'View this mail in your browser'
}

const names: Readonly<Record<string, string>> = {
  FirstName: '{{ contact.first_name }}',
  LastName: '{{ contact.last_name }}',
  FirstAndLastName: '{{ contact.first_name }} {{ contact.last_name }}',
}

/** "Dear Ada," or what the author wants said to those without a name. */
function greetingOf({ greetingSalutation, greetingName, greetingString }: CampaignContent): string {
  const name = names[greetingName ?? '']
  if (name === undefined) return greetingString ?? ''
  const known = greetingName === 'LastName' ? 'contact.last_name' : 'contact.first_name'
  const salutation = [greetingSalutation, name].filter(Boolean).join(' ')
  return `{% if ${known} %}${salutation},{% else %}${greetingString ?? ''}{% endif %}`
}

const small = 'font:12px/1.5 sans-serif;color:#595959'

function footOf(content: CampaignContent, html: string): string {
  const reminder = isYes(content.permissionReminder) ? (content.permissionReminderText ?? '') : ''
  const links = [
    !mentions(html, 'unsubscribe_url') && '<a href="{{ unsubscribe_url }}">Unsubscribe</a>',
    !mentions(html, 'preferences_url') && '<a href="{{ preferences_url }}">Preferences and privacy</a>',
    forwardLink(content, html),
  ].filter(Boolean)
  const lines = [escape(reminder), links.join(' &middot; '), escape(organizationLine({ content }))].filter(Boolean)
  return lines.length === 0 ? '' : `<p style="${small};text-align:center">${lines.join('<br>')}</p>`
}

// Only where the account lets readers forward is there an address.
function forwardLink({ includeForwardEmail, forwardEmailLinkText }: CampaignContent, html: string): string | false {
  if (!isYes(includeForwardEmail) || mentions(html, 'forward_url')) return false
  return `{% if forward_url %}<a href="{{ forward_url }}">${escape(forwardEmailLinkText || 'Forward to a friend')}</a>{% endif %}`
}

function isYes(flag: string | undefined): boolean {
  return flag?.toUpperCase() === 'YES'
}

function mentions(template: string, variable: string): boolean {
  return new RegExp(`\\{\\{-?\\s*${variable}\\b`).test(template)
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
