// A campaign's mail as one contact would get it, before it goes out and after: with its merge data, without our tracking.
// Called by faces/web.

import type { Reader } from '../../db/db.ts'
import { renderTemplate, TemplateError } from '../../mail/template.ts'
import type { Campaign, CampaignContent } from '../campaigns/campaign.ts'
import { findRun } from './campaign-run.ts'
import { makeMergeData } from './merge-data.ts'
import type { Addressee } from './merge-data.ts'
import { compileCampaign } from './templates.ts'
import { nobody } from './view-mail.ts'

/** Links to the reader's pages lead nowhere from here. */
const nowhere = { unsubscribe: '#', preferences: '#', view: '#' }

export interface MailPreview {
  subject: string
  html: string
  /** What it prints and this contact lacks. */
  missing: string[]
  /** Why it is shown as it was written. */
  fault: string | undefined
}

/** For nobody in particular when no contact is given. What came from elsewhere is no template, and shown as it came. */
export async function previewMail(
  db: Reader,
  accountId: number,
  campaign: Campaign,
  contact: Addressee | undefined,
): Promise<MailPreview> {
  const { content, status, campaignId } = campaign
  const isOurs =
    status === 'draft' || status === 'scheduled' || (await findRun(db, accountId, campaignId)) !== undefined
  return isOurs ? previewDraft(content, campaign, contact) : asWritten(content, undefined)
}

/** The same of what is being written. */
export function previewDraft(
  content: CampaignContent,
  campaign: Pick<Campaign, 'campaignId' | 'name'>,
  contact: Addressee | undefined,
): MailPreview {
  if (!content.html) return asWritten(content, undefined)
  try {
    const templates = compileCampaign(content)
    const data = makeMergeData({ ...blank, ...campaign, content }, contact ?? nobody, nowhere)
    const [subject, html] = [renderTemplate(templates.subject, data), renderTemplate(templates.html, data)]
    const missing = contact ? [...new Set([...subject.missing, ...html.missing])] : []
    return { subject: subject.text, html: html.text, missing, fault: undefined }
  } catch (error) {
    if (error instanceof TemplateError) return asWritten(content, error.message)
    throw error
  }
}

const blank = {
  status: 'draft',
  kind: 'regular',
  datedAt: 0,
  editedAt: null,
  lastRunAt: null,
  nextRunAt: null,
} as const

function asWritten({ subject = '', html = '' }: CampaignContent, fault: string | undefined): MailPreview {
  return { subject, html, missing: [], fault }
}
