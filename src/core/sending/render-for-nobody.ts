// A campaign as somebody gets it who is no contact: shared by an address, or sent on by a reader. Used by the readers' pages.

import type { Reader } from '../../db/db.ts'
import { compileTemplate, renderTemplate, TemplateError } from '../../mail/template.ts'
import type { TemplateUse } from '../../mail/template.ts'
import type { Campaign, CampaignContent } from '../campaigns/campaign.ts'
import { findRun } from './campaign-run.ts'
import { makeMergeData } from './merge-data.ts'
import { nobody } from './view-mail.ts'

/** Nobody's pages: they answer that there is nothing. */
const nowhere = { unsubscribe: '', preferences: '', view: '' }

/** Its texts without anybody's values or addresses; as they came, where the campaign was not sent from here. */
export async function renderForNobody(db: Reader, accountId: number, campaign: Campaign): Promise<CampaignContent> {
  const { campaignId, content } = campaign
  if (!(await findRun(db, accountId, campaignId))) return content
  const data = makeMergeData(campaign, nobody, nowhere)
  const render = (text: string | undefined, use: TemplateUse): string | undefined =>
    text === undefined ? undefined : renderOrKeep(text, use, data)
  const { subject, html, text } = content
  const rendered = { subject: render(subject, 'header'), html: render(html, 'html'), text: render(text, 'text') }
  const given = Object.entries(rendered).filter(([, value]) => value !== undefined)
  return { ...content, ...Object.fromEntries(given) }
}

function renderOrKeep(source: string, use: TemplateUse, data: Parameters<typeof renderTemplate>[1]): string {
  try {
    return renderTemplate(compileTemplate(source, use), data).text
  } catch (error) {
    if (error instanceof TemplateError) return source
    throw error
  }
}
