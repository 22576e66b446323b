// Something of everything in one account, and for every operation a request about it. For tests that walk the table.

import assert from 'node:assert/strict'
import { addReview } from '../src/core/bounces/review.ts'
import { addSender } from '../src/core/senders/sender.ts'
import type { Route } from '../src/faces/json/route.ts'
import { table } from '../src/faces/json/table.ts'
import type { Api } from './api.ts'
import { makeKey } from './api.ts'
import { addEndpoint, hookRequest, inboxOf, signedHeaders } from './hooks.ts'
import { importLines } from './import-lines.ts'

/** Stands in every text of the account, so that nobody else's answer may hold it. */
export const mark = 'onlyjoes'

export interface Sample {
  path: string
  body?: unknown
}

/** Ids that are chosen. */
interface Chosen {
  contact: number
  /** One that is erased. */
  gone: number
  campaign: number
  list: number
}

/** Ids of what there is. */
export interface Filled extends Chosen {
  suppression: string
  event: string
  job: number
  key: number
  webhook: string
  message: string
  review: string
  providerEndpoint: string
  inbox: number
}

const usual: Chosen = { contact: 32, gone: 33, campaign: 1100, list: 7 }

export async function fillAccount(api: Api, chosen = usual): Promise<Filled> {
  const { contact, gone, campaign, list } = chosen
  await importLines(api, [
    { type: 'list', id: list, name: `${mark} list` },
    { type: 'campaign', id: campaign, name: `${mark} campaign` },
    { type: 'contact', id: contact, email: `${mark}@mail.com`, firstName: mark, lists: [`${mark} list`] },
    { type: 'contact', id: gone, email: `${mark}-gone@mail.com`, firstName: mark },
    { type: 'event', kind: 'send', contact, campaign, at: '2009-01-01T00:00:00Z' },
    { type: 'event', kind: 'click', contact, campaign, at: '2009-01-01T00:01:00Z', url: `http://${mark}.example` },
  ])
  for (const name of ['a', 'b', 'c'])
    await addSender(api.app.db, api.accountId, `${name}@${mark}.example`, api.app.now())
  const { message, review } = await fillSending(api, chosen)
  const { providerEndpoint, inbox } = await fillInbox(api)
  const { id: suppression } = await api.must(201, 'POST', '/suppressions', { email: `${mark}@away.example` })
  const { id: job } = await api.must(202, 'POST', '/verdicts/replay', {})
  await api.must(201, 'POST', `/contacts/${contact}/consents`, { tracking: 'full', source: mark, wording: mark })
  await api.must(202, 'DELETE', `/contacts/${gone}`)
  // So many that nobody else has one of the same number.
  for (let i = 0; i < 3; i++) await makeKey(api)
  const keys = await api.must(200, 'GET', '/keys')
  const { id: webhook } = await api.must(201, 'POST', '/webhooks', { url: `https://${mark}.example/hooks`, name: mark })
  const { items } = await api.must(200, 'GET', `/contacts/${contact}/events?kind=click`)
  return {
    ...chosen,
    suppression,
    job,
    message,
    review,
    webhook,
    providerEndpoint,
    inbox,
    key: keys.items.at(-1).id,
    event: items[0].id,
  }
}

async function fillSending(api: Api, { contact, campaign }: Chosen): Promise<Pick<Filled, 'message' | 'review'>> {
  const { app, accountId } = api
  const now = app.now()
  await addSender(app.db, accountId, 'shop@mail.com', now)
  const single = { to: `${mark}@mail.com`, from: 'shop@mail.com', subject: mark, text: mark, stream: mark }
  const { id: message } = await api.must(202, 'POST', '/messages', single)
  await api.must(201, 'POST', '/dkim-keys', { domain: `${mark}.example`, selector: 's1' })
  const said = { letter: null, status: null, recipient: `${mark}@mail.com`, subject: mark, diagnostic: mark, envelopeFrom: '', envelopeTo: null } // oxfmt-ignore
  const raw = Buffer.from(`Subject: ${mark}\r\n\r\nIt came back.\r\n`)
  const proposal = { accountId, contactId: contact, campaignId: campaign, sendNo: 0 }
  const { reviewId: review } = await app.db.transaction(
    (tx) =>
    addReview(tx, { ...said, accountId, storedAt: now, receivedAt: now, reason: 'low-confidence', way: 'http', kind: 'bounce', raw, proposal }), // oxfmt-ignore
  )
  return { message, review }
}

async function fillInbox(api: Api): Promise<Pick<Filled, 'providerEndpoint' | 'inbox'>> {
  const endpoint = await addEndpoint(api, { name: mark })
  const body = JSON.stringify([{ type: 'open', email: `${mark}@nowhere.example` }])
  await api.fetch(hookRequest(endpoint, body, signedHeaders(body, api.app.now())))
  const [entry] = await inboxOf(api)
  return { providerEndpoint: endpoint.endpointId, inbox: entry!.inboxId }
}

const bodies: Readonly<Record<string, unknown>> = {
  createContact: { email: 'new@mail.com' },
  updateContact: { firstName: 'Mallory' },
  optOutContact: {},
  ingestEvents: [{ kind: 'open', contact: 32, campaign: 1100, at: '2009-01-02T00:00:00Z' }],
  ingestContacts: [{ email: 'bulk@mail.com' }],
  createList: { name: 'New' },
  updateList: { name: 'Mallory' },
  createCampaign: { name: 'New' },
  updateCampaign: { name: 'Mallory' },
  testCampaign: { to: 'me@mail.com' },
  scheduleCampaign: { at: '2030-01-01T00:00:00Z' },
  sendMessage: { to: 'new@mail.com', from: 'shop@mail.com', subject: 'Mallory', text: 'Mallory' },
  assignBounceReview: {},
  createDkimKey: { domain: 'new.example', selector: 's1' },
  createSuppression: { email: 'x@mail.com' },
  recordConsent: { tracking: 'none', source: 'x', wording: 'x' },
  createKey: { name: 'new' },
  createSender: { email: 'new@mail.com' },
  replayVerdicts: {},
  createWebhook: { url: 'https://new.example.com/hooks' },
  updateWebhook: { name: 'Mallory' },
  rotateWebhookSecret: {},
  testWebhook: {},
  createProviderEndpoint: { provider: 'generic' },
  updateProviderEndpoint: { name: 'Mallory' },
  rotateProviderSecret: {},
  replayInbox: { states: ['done'] },
  replayWebhook: { from: '2009-01-01T00:00:00Z' },
}

export function sampleOf(route: Route, filled: Filled): Sample {
  const ids: Record<string, string | number> = {
    event: filled.event,
    contact: filled.contact,
    domain: `${mark}.example`,
    selector: 's1',
  }
  const own: Record<string, string | number> = {
    contacts: filled.contact, campaigns: filled.campaign, lists: filled.list, senders: 3, erasures: filled.gone, suppressions: filled.suppression, jobs: filled.job, keys: filled.key, webhooks: filled.webhook,
    messages: filled.message, 'bounce-reviews': filled.review, 'provider-endpoints': filled.providerEndpoint, inbox: filled.inbox,
  } // oxfmt-ignore
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(ids[name] ?? own[route.path.split('/')[1]!]),
  )
  const takesBody = Boolean(route.body ?? route.reads)
  assert.equal(route.operationId in bodies, takesBody, `test/api-samples.ts has no body for ${route.operationId}`)
  return { path, ...(takesBody && { body: bodies[route.operationId] }) }
}

/** All that can be read of the account, as one text: to see that it has not changed. */
export async function readAll(api: Api, filled: Filled): Promise<string> {
  const texts: string[] = []
  for (const route of table) {
    if (route.method !== 'GET') continue
    const { path } = sampleOf(route, filled)
    texts.push(`${path} ${JSON.stringify(await api.must(200, 'GET', path))}`)
  }
  return texts.join('\n')
}
