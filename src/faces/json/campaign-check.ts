// A campaign looked at before it goes out, through the API: what it lacks of whom, and a test to oneself.

import { z } from 'zod'
import { getCampaign } from '../../core/campaigns/campaign.ts'
import { checkCampaign } from '../../core/sending/check-campaign.ts'
import { compileContent } from '../../core/campaigns/compile-source.ts'
import { findTemplateFault } from '../../core/sending/templates.ts'
import { queueTestIn } from '../../core/sending/test-message.ts'
import { InvalidInputError } from '../../errors.ts'
import { campaignId } from './campaigns.ts'
import { contactId } from './contact-json.ts'
import { message, messageNameOf, readAddress, showMessage } from './message-json.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { email, limit } from './schemas.ts'

const one = { id: campaignId }

const size = z.int().min(0)
const checkDocument = z
  .strictObject({
    checked: size.meta({ description: 'Members of its lists that it was made for.' }),
    isWhole: z.boolean().meta({ description: 'False when there are more.' }),
    missing: z
      .array(z.strictObject({ contact: contactId, email: z.string(), variables: z.array(z.string()) }))
      .meta({ description: 'Contacts for which a template prints nothing, with what they lack.' }),
    links: z.array(
      z.strictObject({
        url: z.string(),
        skip: z.string().optional().meta({ description: 'Why it is left as it is, in a word; absent: it is tracked.' }),
      }),
    ),
    warnings: z.array(z.strictObject({ code: z.string(), url: z.string().optional() })).meta({
      description: 'What is odd about its links, in a word each.',
    }),
    mjml: z.array(z.string()).meta({
      description: 'Elements and attributes of its MJML that the compiler knows nothing of.',
    }),
    htmlBytes: size.meta({ description: 'As the last contact looked at gets it. Gmail cuts off at 102,000.' }),
    textBytes: size,
  })
  .meta({ id: 'CampaignCheck' })

const check = route({
  method: 'GET',
  path: '/campaigns/{id}/check',
  operationId: 'checkCampaign',
  tag: 'Sending',
  summary: 'What a campaign lacks before it goes out',
  description:
    'Made for as many members of its lists as `limit` says. A template that is none is refused with 400, with the place in it.',
  scope: 'read',
  params: one,
  query: { limit: limit(1000, 200) },
  answer: checkDocument,
  problems: [400],
  handle: async ({ app, accountId, params, query }) => {
    const { content } = await getCampaign(app.db, accountId, params.id)
    const fault = findTemplateFault(content)
    if (fault) throw new InvalidInputError(fault.message, fault.field)
    const { missing, warnings, ...found } = await checkCampaign(app.db, accountId, params.id, query.limit)
    const body = {
      ...found,
      missing: missing.map(({ contactId: contact, ...lacks }) => ({ contact, ...lacks })),
      warnings: warnings.map(({ code, url }) => ({ code, ...(url !== undefined && { url }) })),
      mjml: (await compileContent(content, app.mjml)).warnings,
    }
    return { body }
  },
})

const test = route({
  method: 'POST',
  path: '/campaigns/{id}/test',
  operationId: 'testCampaign',
  tag: 'Sending',
  summary: 'Send a campaign to yourself',
  description:
    'The real mail with `[Test]` before its subject. No event is kept of it, and no link in it is tracked. What became of it is at `Location`.',
  scope: 'write',
  params: one,
  body: z
    .strictObject({
      to: email,
      contact: contactId.optional().meta({ description: 'Whose merge data it shows; absent: nobody’s.' }),
    })
    .meta({ id: 'NewTest' }),
  status: 202,
  answer: message,
  problems: [403, 409, 422],
  write: async ({ accountId, params, body, now }, tx) => {
    const request = { campaignId: params.id, contactId: body.contact ?? 0, to: readAddress('to', body.to) }
    const queued = await queueTestIn(tx, accountId, request, now)
    const shown = await showMessage(tx, accountId, queued)
    return {
      body: shown,
      location: `/messages/${messageNameOf(queued)}`,
      ...(body.contact !== undefined && { contactId: body.contact }),
    }
  },
})

export const campaignCheckRoutes: readonly Route[] = [check, test]
