// What a sender wrote, as a page of its own that can do nothing. Used by view.ts and shared.ts.

import type { CampaignContent } from '../../core/campaigns/campaign.ts'
import type { TrackAnswer } from './answers.ts'
import { secretHeaders } from './page.ts'

// What a sender wrote can do nothing here but look like itself and lead away; what it leads to is bound by none of this.
const policy =
  "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

/** Undefined for a mail with nothing in it. */
export function renderMail({ html, text }: CampaignContent): string | undefined {
  if (html !== undefined) return html
  if (text === undefined) return undefined
  const escaped = text.replaceAll(/[&<>]/g, (character) => escapes[character]!)
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title></title><pre style="white-space:pre-wrap;overflow-wrap:anywhere">${escaped}</pre>\n`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

export function mailAnswer(body: string): TrackAnswer {
  return {
    status: 200,
    headers: {
      ...secretHeaders,
      'content-type': 'text/html; charset=UTF-8',
      'content-length': String(Buffer.byteLength(body)),
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
    },
    body,
  }
}
