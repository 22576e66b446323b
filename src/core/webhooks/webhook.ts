// Webhooks: addresses that the account's events are delivered to. Made and changed by the API and the command line.

import type { Db, Reader, Tx } from '../../db/db.ts'
import { newSecretId } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { allKinds } from '../events/event.ts'
import type { EventKind } from '../events/event.ts'
import type { FeedPosition } from '../events/feed.ts'
import { checkWebhookUrl } from './address.ts'
import type { ReachRules } from './address.ts'
import { checkWebhookSecret, newWebhookSecret } from './sign.ts'

export interface Webhook {
  endpointId: string
  accountId: number
  url: string
  name: string
  secrets: WebhookSecret[]
  /** All when empty. */
  kinds: EventKind[]
  includesEmail: boolean
  state: 'active' | 'disabled'
  /** Why it is disabled. */
  reason: string | null
  position: FeedPosition
  failingSince: number | null
  acceptedAt: number | null
  lastProblem: string | null
  slowUntil: number | null
  createdAt: number
}

interface WebhookSecret {
  key: string
  /** One that another has replaced signs until then. */
  until: number | null
}

export interface WebhookFields {
  url: string
  name: string
  kinds: readonly EventKind[]
  includesEmail: boolean
}

export interface NewWebhook extends WebhookFields {
  /** Made up when absent. */
  secret?: string | undefined
  /** Deliver what was recorded from then on; from now on when absent. */
  from?: number | undefined
}

const maxWebhooks = 20
const maxNameLength = 100
/** How long an old secret signs beside the new one, in ms. */
const rotationTime = 86_400_000
/** More than so many sign at once for nobody. */
const maxSecrets = 4

/** Throws InvalidInputError, also when the account has very many. */
export async function createWebhook(
  db: Db,
  accountId: number,
  given: NewWebhook,
  rules: ReachRules,
  now: number,
): Promise<Webhook> {
  const key = given.secret === undefined ? newWebhookSecret() : checkWebhookSecret(given.secret)
  const webhook: Webhook = {
    ...checkFields(given),
    url: checkWebhookUrl(given.url, rules),
    endpointId: newSecretId(),
    accountId,
    secrets: [{ key, until: null }],
    state: 'active',
    reason: null,
    position: positionBefore(given.from ?? now, now),
    failingSince: null,
    acceptedAt: null,
    lastProblem: null,
    slowUntil: null,
    createdAt: now,
  }
  await db.transaction(async (tx) => {
    if ((await listWebhooks(tx, accountId)).length >= maxWebhooks)
      throw new InvalidInputError(`an account has at most ${maxWebhooks} webhooks`)
    await tx.run(sql`
      insert into webhook_endpoint(endpoint_id, account_id, url, name, secrets, kinds, include_email, state, position, due_at, created_at)
      values (${webhook.endpointId}, ${accountId}, ${webhook.url}, ${webhook.name}, ${JSON.stringify(webhook.secrets)},
        ${webhook.kinds.join(' ')}, ${Number(webhook.includesEmail)}, 'active', ${JSON.stringify(webhook.position)}, ${now}, ${now})`)
  })
  return webhook
}

function checkFields(given: Omit<WebhookFields, 'url'>): Pick<Webhook, 'name' | 'kinds' | 'includesEmail'> {
  const name = given.name.trim()
  if (name.length > maxNameLength) throw new InvalidInputError(`a name has at most ${maxNameLength} characters`, 'name')
  const kinds = allKinds.filter((kind) => given.kinds.includes(kind))
  return { name, kinds, includesEmail: given.includesEmail }
}

// Nothing is passed over: what is recorded from now on always comes.
function positionBefore(at: number, now: number): FeedPosition {
  if (at > now) throw new InvalidInputError('what is to come is delivered anyway: "from" is a time before now', 'from')
  return { recordedAt: Math.max(0, at - 1), contactId: Number.MAX_SAFE_INTEGER, eventId: 0, kind: 'send' }
}

type Row = Omit<Webhook, 'secrets' | 'kinds' | 'includesEmail' | 'position'> & {
  secrets: string
  kinds: string
  includeEmail: number
  position: string
}

const columns = sql`endpoint_id as "endpointId", account_id as "accountId", url, name, secrets, kinds,
  include_email as "includeEmail", state, reason, position, failing_since as "failingSince", accepted_at as "acceptedAt",
  last_problem as "lastProblem", slow_until as "slowUntil", created_at as "createdAt"`

function toWebhook({ secrets, kinds, includeEmail, position, ...row }: Row): Webhook {
  return {
    ...row,
    secrets: JSON.parse(secrets) as WebhookSecret[],
    kinds: allKinds.filter((kind) => kinds.split(' ').includes(kind)),
    includesEmail: includeEmail === 1,
    position: JSON.parse(position) as FeedPosition,
  }
}

/** The oldest first. */
export async function listWebhooks(db: Reader, accountId: number): Promise<Webhook[]> {
  const rows = await db.all<Row>(sql`
    select ${columns} from webhook_endpoint where account_id = ${accountId} order by created_at, endpoint_id`)
  return rows.map(toWebhook)
}

export async function findWebhook(db: Reader, accountId: number, endpointId: string): Promise<Webhook | undefined> {
  const row = await db.one<Row>(sql`
    select ${columns} from webhook_endpoint where endpoint_id = ${endpointId} and account_id = ${accountId}`)
  return row && toWebhook(row)
}

/** Throws NotFoundError. */
export async function getWebhook(db: Reader, accountId: number, endpointId: string): Promise<Webhook> {
  const webhook = await findWebhook(db, accountId, endpointId)
  if (!webhook) throw new NotFoundError(`there is no webhook ${endpointId}`)
  return webhook
}

/** Throws NotFoundError, InvalidInputError. */
export async function changeWebhook(
  tx: Tx,
  accountId: number,
  endpointId: string,
  fields: Partial<WebhookFields>,
  rules: ReachRules,
): Promise<Webhook> {
  const held = await getWebhook(tx, accountId, endpointId)
  // One that was allowed when it was made may still be renamed and turned off.
  const url = fields.url === undefined ? held.url : checkWebhookUrl(fields.url, rules)
  const { name, kinds, includesEmail } = checkFields({ ...held, ...fields })
  await tx.run(sql`
    update webhook_endpoint set url = ${url}, name = ${name}, kinds = ${kinds.join(' ')}, include_email = ${Number(includesEmail)}
    where endpoint_id = ${endpointId} and account_id = ${accountId}`)
  return { ...held, url, name, kinds, includesEmail }
}

/** Nothing is sent any more, and nothing is lost: it goes on from here when it is enabled. Throws NotFoundError. */
export async function disableWebhook(tx: Tx, accountId: number, endpointId: string, reason: string): Promise<void> {
  await getWebhook(tx, accountId, endpointId)
  await tx.run(sql`
    update webhook_endpoint set state = 'disabled', reason = ${reason}, holder = null
    where endpoint_id = ${endpointId} and account_id = ${accountId}`)
}

/** Goes on from where it was, with what waits first. Throws NotFoundError. */
export async function enableWebhook(tx: Tx, accountId: number, endpointId: string, now: number): Promise<void> {
  await getWebhook(tx, accountId, endpointId)
  await tx.run(sql`
    update webhook_endpoint set state = 'active', reason = null, failing_since = null, slow_until = null, holder = null, due_at = ${now}
    where endpoint_id = ${endpointId} and account_id = ${accountId} and state = 'disabled'`)
  await hastenPending(tx, accountId, endpointId, now)
}

/** What waits is tried now. */
export async function hastenPending(tx: Tx, accountId: number, endpointId: string, now: number): Promise<void> {
  await tx.run(sql`
    update webhook_pending set due_at = ${now}
    where account_id = ${accountId} and endpoint_id = ${endpointId} and due_at > ${now}`)
}

/** With what waits and what was tried. Throws NotFoundError. */
export async function removeWebhook(tx: Tx, accountId: number, endpointId: string): Promise<void> {
  const of = sql`where endpoint_id = ${endpointId} and account_id = ${accountId}`
  if ((await tx.run(sql`delete from webhook_endpoint ${of}`)) === 0)
    throw new NotFoundError(`there is no webhook ${endpointId}`)
  await tx.run(sql`delete from webhook_pending ${of}`)
  await tx.run(sql`delete from webhook_attempt ${of}`)
}

/** A new secret, beside which the old one signs for a day more. Throws NotFoundError, InvalidInputError, ConflictError. */
export async function rotateWebhook(
  tx: Tx,
  accountId: number,
  endpointId: string,
  secret: string | undefined,
  now: number,
): Promise<Webhook> {
  const held = await getWebhook(tx, accountId, endpointId)
  const key = secret === undefined ? newWebhookSecret() : checkWebhookSecret(secret)
  const live = held.secrets.filter(({ until }) => until === null || until > now)
  if (live.some((known) => known.key === key)) throw new ConflictError('this secret signs already')
  if (live.length >= maxSecrets) throw new ConflictError(`${maxSecrets} secrets sign at once: the oldest must expire first`) // oxfmt-ignore
  const secrets = [{ key, until: null }, ...live.map(({ key: old, until }) => ({ key: old, until: until ?? now + rotationTime }))] // oxfmt-ignore
  await tx.run(sql`
    update webhook_endpoint set secrets = ${JSON.stringify(secrets)}
    where endpoint_id = ${endpointId} and account_id = ${accountId}`)
  return { ...held, secrets }
}

/** All that sign now, the newest first. */
export function signingKeys({ secrets }: Webhook, now: number): string[] {
  return secrets.filter(({ until }) => until === null || until > now).map(({ key }) => key)
}

/** Delivers everything that was recorded from this time on, again where it was delivered already. Throws NotFoundError. */
export async function replayWebhook(
  tx: Tx,
  accountId: number,
  endpointId: string,
  from: number,
  now: number,
): Promise<Webhook> {
  const held = await getWebhook(tx, accountId, endpointId)
  const position = positionBefore(from, now)
  // Whoever delivers right now finds that it is not the holder any more, and leaves the position alone.
  await tx.run(sql`
    update webhook_endpoint set position = ${JSON.stringify(position)}, holder = null, due_at = ${now}
    where endpoint_id = ${endpointId} and account_id = ${accountId}`)
  return { ...held, position }
}

export async function countPending(db: Reader, accountId: number, endpointId: string): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count(*) as count from webhook_pending where account_id = ${accountId} and endpoint_id = ${endpointId}`)
  return row!.count
}
