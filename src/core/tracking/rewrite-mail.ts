// A campaign's HTML as one contact gets it: its links through us, the pixel at its end, addresses for its pages. For whoever
// sends; called by the command line.

import type { Db } from '../../db/db.ts'
import { findLinks, rewriteLinks } from '../../mail/links.ts'
import type { Rewritten } from '../../mail/links.ts'
import { findOrCreateLinks } from '../campaigns/link.ts'
import { getCampaignTracking, getTracking, stricter } from './consent.ts'
import { sealToken } from './token.ts'
import type { TokenFields, TokenKey, TokenPurpose } from './token.ts'

export interface MailFor {
  contactId: number
  campaignId: number
  /** Tells apart several messages of one campaign to one contact; 0 for the first. */
  sendNo: number
  /** As rendered for the contact. */
  html: string
  /** Where readers reach this server, such as `https://mail.example.com`, without a slash at its end. */
  publicUrl: string
  /** A link at the top that no person sees, and that only machines follow (docs/verdicts.md). */
  hasTrap?: boolean
}

export interface MailPages {
  unsubscribe: string
  preferences: string
  view: string
}

/**
 * Numbers the links that are new in the campaign, and puts ours in their place. A contact or campaign that may not be
 * tracked gets the mail as it is. Throws NotFoundError.
 */
export async function rewriteMail(
  db: Db,
  key: TokenKey,
  accountId: number,
  mail: MailFor,
): Promise<Rewritten & { pages: MailPages }> {
  const { contactId, campaignId, sendNo, html, publicUrl } = mail
  const fields = { accountId, contactId, campaignId, sendNo, linkNo: 0 }
  const address = (letter: string, purpose: TokenPurpose, changes: Partial<TokenFields> = {}): string =>
    `${publicUrl}/${letter}/${sealToken(key, purpose, { ...fields, ...changes })}`
  const pages = {
    unsubscribe: address('u', 'unsubscribe'),
    preferences: address('s', 'preferences'),
    view: address('v', 'view'),
  }
  const ofContact = await getTracking(db, accountId, contactId)
  const ofCampaign = await getCampaignTracking(db, accountId, campaignId)
  if (stricter(ofContact, ofCampaign) === 'none') return { html, tracked: 0, warnings: [], pages }
  const rules = { isOurs: (url: string) => url.startsWith(`${publicUrl}/`) }
  const links = await numberLinks(db, campaignId, html, rules)
  const rewritten = rewriteLinks(html, {
    ...rules,
    track: (url) => {
      const linkNo = links.get(url)
      return linkNo === undefined ? undefined : address('c', 'click', { linkNo })
    },
    pixelUrl: `${address('o', 'open')}.gif`,
    ...(mail.hasTrap && { honeypotUrl: address('c', 'click') }),
  })
  return { ...rewritten, pages }
}

// Beyond what a campaign may have, links are left alone.
async function numberLinks(
  db: Db,
  campaignId: number,
  html: string,
  rules: Parameters<typeof findLinks>[1],
): Promise<Map<string, number>> {
  const found = findLinks(html, rules).links.filter(({ skip }) => skip === undefined)
  const urls = [...new Set(found.map(({ url }) => url))]
  if (urls.length === 0) return new Map()
  const numbers = await db.transaction((tx) => findOrCreateLinks(tx, campaignId, urls))
  return new Map([...numbers].flatMap(([url, linkNo]) => (linkNo === undefined ? [] : [[url, linkNo] as const])))
}
