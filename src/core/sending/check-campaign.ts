// What a campaign's author should know before it goes out: what its templates miss of whom, what its links say, how large
// it is. Called by the faces; nothing is stored.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { findLinks } from '../../mail/links.ts'
import type { LinkWarning } from '../../mail/judge-link.ts'
import { renderTemplate } from '../../mail/template.ts'
import { getCampaign, listCampaignLists } from '../campaigns/campaign.ts'
import { findContacts } from '../contacts/contact.ts'
import { makeMergeData } from './merge-data.ts'
import { compileCampaign } from './templates.ts'

export interface CampaignCheck {
  /** Members looked at, the same contact once for each list it is on. */
  checked: number
  /** False when there are more. */
  isWhole: boolean
  /** Contacts for which a template prints nothing, with what they lack. */
  missing: { contactId: number; email: string; variables: string[] }[]
  links: { url: string; skip?: string }[]
  warnings: LinkWarning[]
  /** Bytes, as the last contact looked at gets it. */
  htmlBytes: number
  textBytes: number
}

const perRead = 200
const shownUrls = {
  unsubscribe: 'https://example.com/u/1',
  preferences: 'https://example.com/s/1',
  view: 'https://example.com/v/1',
}

/** Renders for up to `limit` members of the campaign's lists. Throws NotFoundError, TemplateError. */
export async function checkCampaign(
  db: Reader,
  accountId: number,
  campaignId: number,
  limit: number,
): Promise<CampaignCheck> {
  const campaign = await getCampaign(db, accountId, campaignId)
  const templates = compileCampaign(campaign.content)
  const missing: CampaignCheck['missing'] = []
  let last = { html: campaign.content.html ?? '', text: '' }
  let checked = 0
  for await (const contact of readMembers(db, accountId, campaignId)) {
    if (checked === limit) return { checked, isWhole: false, missing, ...summarize(last) }
    checked++
    const data = makeMergeData(campaign, contact, shownUrls)
    const parts = [templates.subject, templates.html, templates.text].map((template) => renderTemplate(template, data))
    const variables = [...new Set(parts.flatMap((part) => part.missing))]
    if (variables.length > 0) missing.push({ contactId: contact.contactId, email: contact.email, variables })
    last = { html: parts[1]!.text, text: parts[2]!.text }
  }
  return { checked, isWhole: true, missing, ...summarize(last) }
}

function summarize({
  html,
  text,
}: {
  html: string
  text: string
}): Omit<CampaignCheck, 'checked' | 'isWhole' | 'missing'> {
  const { links, warnings } = findLinks(html)
  return {
    links: links.map(({ url, skip }) => ({ url, ...(skip !== undefined && { skip }) })),
    warnings,
    htmlBytes: Buffer.byteLength(html),
    textBytes: Buffer.byteLength(text),
  }
}

async function* readMembers(
  db: Reader,
  accountId: number,
  campaignId: number,
): AsyncGenerator<Parameters<typeof makeMergeData>[1]> {
  for (const listId of await listCampaignLists(db, accountId, campaignId)) {
    for (let after = 0; ;) {
      const ids = await db.tuples<[contactId: number]>(sql`
        select contact_id from membership
        where account_id = ${accountId} and list_id = ${listId} and contact_id > ${after} order by contact_id ${sqlLimit(perRead)}`)
      const contacts = await findContacts(
        db,
        accountId,
        ids.map(([id]) => id),
      )
      yield* contacts.values()
      if (ids.length < perRead) break
      after = ids.at(-1)![0]
    }
  }
}
