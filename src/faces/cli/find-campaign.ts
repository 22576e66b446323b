// A campaign as people name it on a command line: by id or by its name.

import { findCampaign, findCampaignsNamed, getCampaign } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/campaigns/campaign.ts'
import type { Reader } from '../../db/db.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'

/** Throws NotFoundError, and InvalidInputError for a name that several have. */
export async function getCampaignNamed(db: Reader, accountId: number, name: string): Promise<Campaign> {
  const byId = /^\d{1,15}$/.test(name) ? await findCampaign(db, accountId, Number(name)) : undefined
  if (byId) return byId
  const ids = await findCampaignsNamed(db, accountId, name)
  if (ids.length > 1) throw new InvalidInputError(`several campaigns are named ${JSON.stringify(name)}: give the id`)
  if (ids.length === 0) throw new NotFoundError(`there is no campaign ${JSON.stringify(name)}`)
  return getCampaign(db, accountId, ids[0]!)
}
