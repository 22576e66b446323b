// A campaign's HTML as one contact gets it: its links through us, the pixel at its end, addresses for its pages. For whoever
// sends; called by the command line.

import type { Db } from '../../db/db.ts'
import { rewriteLinks } from '../../mail/links.ts'
import type { Rewritten } from '../../mail/links.ts'
import { findOrCreateLinks, maxLinksPerCampaign } from '../campaigns/link.ts'
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
  /** Whether the reader may forward it by our form. */
  isForwardable?: boolean
}

export interface MailPages {
  unsubscribe: string
  preferences: string
  view: string
  forward?: string
}

/** The addresses of the reader's pages for one message. */
export function pagesFor(key: TokenKey, publicUrl: string, fields: TokenFields, isForwardable = false): MailPages {
  const address = (letter: string, purpose: TokenPurpose): string =>
    `${publicUrl}/${letter}/${sealToken(key, purpose, { ...fields, linkNo: 0 })}`
  return {
    unsubscribe: address('u', 'unsubscribe'),
    preferences: address('s', 'preferences'),
    view: address('v', 'view'),
    ...(isForwardable && { forward: address('f', 'forward') }),
  }
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
  const pages = pagesFor(key, publicUrl, { accountId, contactId, campaignId, sendNo, linkNo: 0 }, mail.isForwardable)
  const ofContact = await getTracking(db, accountId, contactId)
  const ofCampaign = await getCampaignTracking(db, accountId, campaignId)
  if (stricter(ofContact, ofCampaign) === 'none') return { html, tracked: 0, warnings: [], pages }
  return { ...(await rewriteTracked(db, key, { accountId, ...mail }, new Map())), pages }
}

/**
 * The same for many messages of a campaign whose readers are known to be tracked: `known` are the numbers of the links met
 * so far, to which new ones are added.
 */
export async function rewriteFor(
  db: Db,
  key: TokenKey,
  mail: MailFor & { accountId: number },
  known: Map<string, number | undefined>,
): Promise<string> {
  return (await rewriteTracked(db, key, mail, known)).html
}

async function rewriteTracked(
  db: Db,
  key: TokenKey,
  mail: MailFor & { accountId: number },
  known: Map<string, number | undefined>,
): Promise<Rewritten> {
  const { accountId, contactId, campaignId, sendNo, html, publicUrl, hasTrap } = mail
  const fields = { accountId, contactId, campaignId, sendNo, linkNo: 0 }
  const click = (linkNo: number): string => `${publicUrl}/c/${sealToken(key, 'click', { ...fields, linkNo })}`
  const fresh = new Set<string>()
  const options = {
    isOurs: (url: string) => url.startsWith(`${publicUrl}/`),
    track: (url: string) => {
      const linkNo = known.get(url)
      if (linkNo === undefined && !known.has(url)) fresh.add(url)
      return linkNo === undefined ? undefined : click(linkNo)
    },
    pixelUrl: `${publicUrl}/o/${sealToken(key, 'open', fields)}.gif`,
    ...(hasTrap && { honeypotUrl: click(0) }),
  }
  const rewritten = rewriteLinks(html, options)
  if (fresh.size === 0 || known.size >= maxLinksPerCampaign) return rewritten
  const numbers = await db.transaction((tx) => findOrCreateLinks(tx, campaignId, [...fresh]))
  // Beyond what a campaign may have, links are left alone, and so are not kept in mind either.
  for (const [url, linkNo] of numbers) if (linkNo !== undefined) known.set(url, linkNo)
  if ([...fresh].every((url) => !known.has(url))) return rewritten
  return rewriteLinks(html, { ...options, track: (url) => trackedAs(known.get(url), click) })
}

function trackedAs(linkNo: number | undefined, click: (linkNo: number) => string): string | undefined {
  return linkNo === undefined ? undefined : click(linkNo)
}
