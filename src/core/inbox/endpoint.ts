// Endpoints: addresses that providers of mail may post to, each with what its provider is told by. Made by the
// faces, looked up for every request.

import type { Db, Reader, Tx } from '../../db/db.ts'
import { newSecretId } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import type { HookProviderName } from './hook-event.ts'
import type { HookSecrets } from './hook-provider.ts'

export interface Endpoint {
  endpointId: string
  accountId: number
  provider: HookProviderName
  name: string
  secrets: HookSecrets
  /** Contacts and campaigns that the account does not have are made from what is told of them. */
  creates: boolean
  /** SNS: subscriptions to its topics are confirmed until then. */
  confirmUntil: number | null
  createdAt: number
  removedAt: number | null
}

export type NewEndpoint = Pick<Endpoint, 'provider' | 'name' | 'secrets' | 'creates'>

/** How long after it was made, or connected again, an endpoint confirms what SNS asks it to. In ms. */
const confirmTime = 86_400_000
const maxNameLength = 100
const maxEndpoints = 100

/** Throws InvalidInputError when the account has very many. */
export async function createEndpoint(db: Db, accountId: number, given: NewEndpoint, now: number): Promise<Endpoint> {
  const name = checkName(given.name)
  const endpoint: Endpoint = {
    ...given,
    name,
    endpointId: newSecretId(),
    accountId,
    confirmUntil: given.provider === 'ses' ? now + confirmTime : null,
    createdAt: now,
    removedAt: null,
  }
  await db.transaction(async (tx) => {
    const held = await listEndpoints(tx, accountId)
    if (held.length >= maxEndpoints) throw new InvalidInputError(`an account has at most ${maxEndpoints} endpoints`)
    await tx.run(sql`
      insert into hook_endpoint(endpoint_id, account_id, provider, name, secrets, creates, confirm_until, created_at)
      values (${endpoint.endpointId}, ${accountId}, ${endpoint.provider}, ${name}, ${JSON.stringify(endpoint.secrets)},
        ${Number(endpoint.creates)}, ${endpoint.confirmUntil}, ${now})`)
  })
  return endpoint
}

type Row = Omit<Endpoint, 'secrets' | 'creates'> & { secrets: string; creates: number }

const columns = sql`endpoint_id as "endpointId", account_id as "accountId", provider, name, secrets, creates,
  confirm_until as "confirmUntil", created_at as "createdAt", removed_at as "removedAt"`

function toEndpoint({ secrets, creates, ...row }: Row): Endpoint {
  return { ...row, secrets: JSON.parse(secrets) as HookSecrets, creates: creates === 1 }
}

/** By the part of the address that nobody can guess, whatever account it belongs to; removed ones too. */
export async function findEndpoint(db: Reader, endpointId: string): Promise<Endpoint | undefined> {
  const row = await db.one<Row>(sql`select ${columns} from hook_endpoint where endpoint_id = ${endpointId}`)
  return row && toEndpoint(row)
}

/** The oldest first, without those removed. */
export async function listEndpoints(db: Reader, accountId: number): Promise<Endpoint[]> {
  const rows = await db.all<Row>(sql`
    select ${columns} from hook_endpoint where account_id = ${accountId} and removed_at is null order by created_at, endpoint_id`)
  return rows.map(toEndpoint)
}

/** Nothing is taken there any more, and providers are told to stop. Throws NotFoundError. */
export async function removeEndpoint(db: Db, accountId: number, endpointId: string, now: number): Promise<void> {
  const removed = await db.transaction((tx) =>
    tx.run(sql`
      update hook_endpoint set removed_at = ${now}, secrets = '{"keys":[]}'
      where endpoint_id = ${endpointId} and account_id = ${accountId} and removed_at is null`),
  )
  if (removed === 0) throw new NotFoundError(`there is no endpoint ${endpointId}`)
}

/** Throws NotFoundError. */
export async function getEndpoint(db: Reader, accountId: number, endpointId: string): Promise<Endpoint> {
  const held = await findEndpoint(db, endpointId)
  if (held && held.accountId === accountId && held.removedAt === null) return held
  throw new NotFoundError(`there is no endpoint ${endpointId}`)
}

/** Changes what is given. Throws NotFoundError and InvalidInputError. */
export async function changeEndpoint(
  tx: Tx,
  accountId: number,
  endpointId: string,
  changes: { name?: string | undefined; creates?: boolean | undefined },
): Promise<Endpoint> {
  const held = await getEndpoint(tx, accountId, endpointId)
  const name = checkName(changes.name ?? held.name)
  const creates = changes.creates ?? held.creates
  await tx.run(sql`
    update hook_endpoint set name = ${name}, creates = ${Number(creates)}
    where endpoint_id = ${endpointId} and account_id = ${accountId}`)
  return { ...held, name, creates }
}

function checkName(given: string): string {
  const name = given.trim()
  if (name.length > maxNameLength) throw new InvalidInputError(`a name has at most ${maxNameLength} characters`, 'name')
  return name
}

/** Changes what the provider is told by, and lets SNS be confirmed again. Throws NotFoundError. */
export function changeSecrets(
  db: Db,
  accountId: number,
  endpointId: string,
  change: (held: HookSecrets, provider: HookProviderName) => HookSecrets,
  now: number,
): Promise<Endpoint> {
  return db.transaction(async (tx) => {
    const held = await getEndpoint(tx, accountId, endpointId)
    const secrets = change(held.secrets, held.provider)
    const confirmUntil = held.provider === 'ses' ? now + confirmTime : null
    await tx.run(sql`
      update hook_endpoint set secrets = ${JSON.stringify(secrets)}, confirm_until = ${confirmUntil}
      where endpoint_id = ${endpointId} and account_id = ${accountId}`)
    return { ...held, secrets, confirmUntil }
  })
}
