// A campaign made ready to be mailed: its templates compiled, its sender and keys looked up, its links numbered. Kept by
// whoever makes many of its messages.

import type { Db, Reader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { makeSigner } from '../../mail/dkim.ts'
import type { Signer } from '../../mail/dkim.ts'
import { replacedFields } from '../../mail/providers.ts'
import { getCampaign, listCampaignLists } from '../campaigns/campaign.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { findForwardable } from '../forwards/forward.ts'
import { getList } from '../lists/list.ts'
import { getCampaignTracking } from '../tracking/consent.ts'
import type { TrackingLevel } from '../tracking/consent.ts'
import { prepareHtml } from './prepare-html.ts'
import type { PreparedHtml } from './prepare-html.ts'
import type { MailSettings } from './make-message.ts'
import { findDkimKeys } from './dkim-keys.ts'
import { compileCampaign } from './templates.ts'
import type { CampaignTemplates } from './templates.ts'

export interface CampaignMail {
  campaign: Campaign
  accountName: string
  /** Of regular campaigns; single messages bring their own. */
  templates: CampaignTemplates | undefined
  tracking: TrackingLevel
  isForwardable: boolean
  /** The lists it goes to, by name. */
  lists: { listId: number; name: string }[]
  signerFor(domain: string): Promise<Signer>
  /** The numbers of the links met so far. */
  links: Map<string, number | undefined>
  /** The HTML with its links numbered beforehand; undefined where they are known only when it is rendered. */
  prepared: PreparedHtml | undefined
}

/** Throws NotFoundError, and TemplateError. */
export async function openCampaignMail(
  db: Db,
  accountId: number,
  campaignId: number,
  settings: MailSettings,
): Promise<CampaignMail> {
  const campaign = await getCampaign(db, accountId, campaignId)
  const ids = await listCampaignLists(db, accountId, campaignId)
  const lists = await Promise.all(ids.map((listId) => getList(db, accountId, listId)))
  const templates = campaign.kind === 'regular' ? compileCampaign(campaign.content) : undefined
  const signers = new Map<string, Promise<Signer>>()
  return {
    campaign,
    accountName: await getAccountName(db, accountId),
    templates,
    tracking: await getCampaignTracking(db, accountId, campaignId),
    lists: lists.map(({ listId, name }) => ({ listId, name })),
    signerFor: (domain) => {
      const held = signers.get(domain)
      if (held) return held
      const signer = findDkimKeys(db, accountId, domain).then((keys) =>
        makeSigner(keys, replacedFields(settings.provider)),
      )
      signers.set(domain, signer)
      // What could not be read now is read again.
      signer.catch(() => signers.delete(domain))
      return signer
    },
    isForwardable: (await findForwardable(db, accountId, campaignId)) !== undefined,
    links: new Map(),
    prepared: templates && (await prepareHtml(db, campaignId, templates.source, settings)),
  }
}

async function getAccountName(db: Reader, accountId: number): Promise<string> {
  const row = await db.one<{ username: string }>(sql`select username from account where account_id = ${accountId}`)
  if (!row) throw new NotFoundError(`there is no account ${accountId}`)
  return row.username
}
