// What speaks against sending a campaign as it is. Called by faces/web.

import { findHtmlFault } from '../../mail/check-html.ts'
import type { LinkWarning } from '../../mail/judge-link.ts'
import { clippedBytes, findLinks } from '../../mail/links.ts'
import type { CampaignContent } from './campaign.ts'

export type LinkFault = LinkWarning['code']

export type Finding =
  | { code: 'no-subject' | 'no-sender' | 'no-html' | 'no-lists' | 'no-address' }
  /** The tags are not in order. */
  | { code: 'fault'; fault: string }
  /** Gmail shows only the beginning of it. */
  | { code: 'size'; bytes: number }
  | { code: 'link'; fault: LinkFault; url: string | undefined }

/** Warnings about links beyond so many say nothing new. */
const maxWarnings = 10

/** Also how many links will be tracked. */
export function checkDraft(
  content: CampaignContent,
  listIds: readonly number[],
): { findings: Finding[]; trackedLinks: number } {
  const { subject, fromEmail, organizationAddress1, html = '' } = content
  const findings: Finding[] = []
  if (!subject) findings.push({ code: 'no-subject' })
  if (!fromEmail) findings.push({ code: 'no-sender' })
  if (html === '') findings.push({ code: 'no-html' })
  if (!organizationAddress1) findings.push({ code: 'no-address' })
  if (listIds.length === 0) findings.push({ code: 'no-lists' })
  const fault = html === '' ? undefined : findHtmlFault(html)
  if (fault !== undefined) findings.push({ code: 'fault', fault })
  const bytes = Buffer.byteLength(html)
  if (bytes > clippedBytes) findings.push({ code: 'size', bytes })
  const { links, warnings } = findLinks(html)
  for (const { code, url } of warnings.slice(0, maxWarnings)) findings.push({ code: 'link', fault: code, url })
  const tracked = links.filter(({ skip }) => skip === undefined).map(({ url }) => url)
  return { findings, trackedLinks: new Set(tracked).size }
}
