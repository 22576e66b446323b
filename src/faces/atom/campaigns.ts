// Campaigns on the old wire, reading half (wire-2008 5.1, 5.2).

import { campaignStatuses, getCampaign, listCampaignLists, listCampaigns } from '../../core/campaigns/campaign.ts'
import type { Campaign, CampaignPosition, CampaignStatus } from '../../core/campaigns/campaign.ts'
import { listLinks } from '../../core/campaigns/link.ts'
import { countCampaignEvents } from '../../core/events/counts.ts'
import { findSender } from '../../core/senders/sender.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { InvalidInputError } from '../../errors.ts'
import { atomAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { hiddenOf, queryValues } from './asked.ts'
import type { Asked } from './asked.ts'
import { renderCampaign, renderCampaignInFeed } from './campaign-entry.ts'
import type { CampaignAddress } from './campaign-entry.ts'
import { renderFeed } from './feed.ts'
import type { Xml } from './xml.ts'

const pageSize = 50

/** GET /ws/customers/{u}/campaigns, newest date first; ?status= in any case, `all` among them. */
export async function getCampaigns(asked: Asked): Promise<Document> {
  const { db, cursorKey } = asked.app
  const { accountId } = asked.account
  const scope = `2008 campaigns ${accountId}`
  const { after, status } = readPosition(asked, scope)
  const campaigns = await listCampaigns(db, accountId, { after, status, limit: pageSize + 1 })
  const shown = campaigns.slice(0, pageSize)
  const last = shown.at(-1)
  const next =
    last && campaigns.length > pageSize
      ? sealCursor(cursorKey, scope, [last.datedAt, last.campaignId, status ?? null])
      : undefined
  return atomAnswer(
    renderFeed(asked, {
      title: `Campaigns for customer: ${asked.account.username}`,
      path: '/campaigns',
      next,
      // In this order here, and an empty collection has only the first (1.6).
      paging: last ? ['current', 'first'] : ['first'],
      entries: shown.map((campaign) => renderCampaignInFeed(asked, campaign)),
    }),
  )
}

/** GET /ws/customers/{u}/campaigns/{id} */
export async function getOneCampaign(asked: Asked, campaignId: number): Promise<Document> {
  const { db } = asked.app
  const { accountId } = asked.account
  return atomAnswer(await renderOneCampaign(asked, await getCampaign(db, accountId, campaignId)))
}

/** With what the store knows of it besides: counts, links, lists and the ids of its addresses. */
export async function renderOneCampaign(asked: Asked, campaign: Campaign): Promise<Xml> {
  const { db } = asked.app
  const { accountId } = asked.account
  const { campaignId, content } = campaign
  const address = async (email = ''): Promise<CampaignAddress> => ({
    email,
    senderId: (await findSender(db, accountId, email))?.senderId,
  })
  return renderCampaign(asked, campaign, {
    counts: await countCampaignEvents(db, accountId, campaignId, hiddenOf(asked)),
    links: await listLinks(db, accountId, campaignId, hiddenOf(asked)),
    listIds: await listCampaignLists(db, accountId, campaignId),
    from: await address(content.fromEmail),
    replyTo: await address(content.replyToEmail),
  })
}

// The filter lives in the token, which is a next link's only parameter (0b).
function readPosition(
  asked: Asked,
  scope: string,
): { after: CampaignPosition | undefined; status: CampaignStatus | undefined } {
  const [token] = queryValues(asked.query, 'next')
  if (token === undefined) return { after: undefined, status: parseStatus(queryValues(asked.query, 'status')[0]) }
  const [datedAt, campaignId, status] = openCursor(asked.app.cursorKey, scope, token) as [
    number,
    number,
    CampaignStatus | null,
  ]
  return { after: { datedAt, campaignId }, status: status ?? undefined }
}

function parseStatus(text: string | undefined): CampaignStatus | undefined {
  if (text === undefined || text === '' || text.toLowerCase() === 'all') return undefined
  const status = campaignStatuses.find((known) => known === text.toLowerCase().replaceAll(' ', '-'))
  if (!status) throw new InvalidInputError('status is SENT, SCHEDULED, DRAFT or RUNNING', 'status')
  return status
}
