// The mail a reader got, made once more to be read in a browser: with the reader's own merge data, without our tracking.
// Called by the readers' pages.

import type { Reader } from '../../db/db.ts'
import { renderTemplate } from '../../mail/template.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { findContacts } from '../contacts/contact.ts'
import { findRun } from './campaign-run.ts'
import { makeMergeData } from './merge-data.ts'
import type { Addressee, PageUrls } from './merge-data.ts'
import { compileCampaign } from './templates.ts'

/**
 * Undefined for a campaign without HTML. One that was not sent from here is shown as it came. A contact that is gone sees
 * what somebody without a name gets. Throws TemplateError.
 */
export async function viewMail(
  db: Reader,
  accountId: number,
  campaign: Campaign,
  contactId: number,
  urls: PageUrls,
): Promise<string | undefined> {
  const { campaignId, content } = campaign
  if (!content.html) return undefined
  if (!(await findRun(db, accountId, campaignId))) return content.html
  const contact = (await findContacts(db, accountId, [contactId])).get(contactId)
  const data = makeMergeData(campaign, contact ?? nobody, urls)
  return renderTemplate(compileCampaign(content).html, data).text
}

/** Somebody without a name. */
export const nobody: Addressee = { contactId: 0, email: '', firstName: '', lastName: '', profile: {} }
