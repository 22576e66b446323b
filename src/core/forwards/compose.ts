// What a friend gets: the campaign as nobody in particular gets it, under a few words of who sent it. Used by faces/track.

import { insertAtTop } from '../../mail/insert-top.ts'
import type { CampaignContent } from '../campaigns/campaign.ts'

export interface ForwardMailBody {
  subject: string
  html: string | undefined
  text: string
}

/** In the reader's language. */
export interface ForwardWording {
  subject: string
  /** Who sent it, and by whom. */
  intro: string
  /** Why the friend gets it, and that it is on no list. */
  reason: string
}

/** `withoutReaders` takes each reader's own addresses out of a text; how a link is written there is told. */
export async function composeForward(
  { html, text }: CampaignContent,
  wording: ForwardWording,
  note: string,
  withoutReaders: (text: string, format: 'html' | 'text') => Promise<string>,
): Promise<ForwardMailBody> {
  const { subject, intro, reason } = wording
  const above = [intro, note, reason].filter((part) => part !== '')
  const own = text === undefined ? [] : ['-'.repeat(20), await withoutReaders(text, 'text')]
  return {
    subject,
    html: html === undefined ? undefined : insertAtTop(await withoutReaders(html, 'html'), renderBlock(above)),
    text: `${[...above, ...own].join('\n\n')}\n`,
  }
}

function renderBlock(paragraphs: readonly string[]): string {
  const rendered = paragraphs.map(
    (text) => `<p style="margin:0 0 12px">${escapeHtml(text).replaceAll('\n', '<br>')}</p>`,
  )
  return `<div style="margin:0;padding:16px 16px 4px;background:#f3f5f8;color:#16202b;font:14px/1.5 sans-serif;border-bottom:1px solid #d5dae0">${rendered.join('')}</div>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
