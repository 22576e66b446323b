// Addresses that get no mail, whatever their contact says: by a keyed digest that outlives the address. Written when a
// contact opts out or an operator says so; asked before every message.

import { createHmac } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { Reader, Tx } from '../../db/db.ts'
import { findOrCreateSecret, findSecret } from '../../db/secret.ts'
import { inParts, sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { normalizeEmail } from '../contacts/email.ts'

/** From the one that is lifted most easily to the one that is not: a later one replaces an earlier one, never back. */
export const suppressionReasons = ['optout', 'manual', 'bounce', 'complaint', 'erased'] as const
export type SuppressionReason = (typeof suppressionReasons)[number]

export interface Suppression {
  addressHash: string
  /** Null where the address itself may no longer be kept. */
  email: string | null
  reason: SuppressionReason
  /** How it came to be, in a word or two. */
  source: string
  at: number
}

type NewSuppression = Pick<Suppression, 'reason' | 'source'> & { email: string }

/** False when the address is suppressed for this reason or a weightier one already, which changes nothing. */
export async function addSuppression(
  tx: Tx,
  accountId: number,
  { email, reason, source }: NewSuppression,
  now: number,
): Promise<boolean> {
  const addressHash = hashAddress(await findOrCreateSecret(tx, suppressionSecret), email)
  const kept = reason === 'erased' ? null : normalizeEmail(email)
  const added = await tx.run(sql`
    insert into suppression(account_id, address_hash, email, reason, source, at)
    values (${accountId}, ${addressHash}, ${kept}, ${reason}, ${source}, ${now}) on conflict do nothing`)
  if (added > 0) return true
  const held = await findByHash(tx, accountId, addressHash)
  if (held && weightOf(held.reason) >= weightOf(reason)) return false
  const replaced = await tx.run(sql`
    update suppression set email = ${kept}, reason = ${reason}, source = ${source}, at = ${now}
    where account_id = ${accountId} and address_hash = ${addressHash}`)
  return replaced > 0
}

/** Undefined for an address that may get mail. */
export async function findSuppression(db: Reader, accountId: number, email: string): Promise<Suppression | undefined> {
  const key = await findSecret(db, suppressionSecret)
  return key && findByHash(db, accountId, hashAddress(key, email))
}

/** Which of the addresses get no mail. */
export async function findSuppressed(db: Reader, accountId: number, emails: readonly string[]): Promise<Set<string>> {
  const suppressed = new Set<string>()
  const key = await findSecret(db, suppressionSecret)
  if (!key) return suppressed
  const hashes = new Map(emails.map((email) => [hashAddress(key, email), email]))
  for (const part of inParts([...hashes.keys()], 512)) {
    const rows = await db.tuples<[hash: string]>(sql`
      select address_hash from suppression where account_id = ${accountId} and address_hash in ${sqlList(part)}`)
    for (const [hash] of rows) suppressed.add(hashes.get(hash)!)
  }
  return suppressed
}

/** By its digest; throws NotFoundError. */
export async function getSuppression(db: Reader, accountId: number, addressHash: string): Promise<Suppression> {
  const suppression = await findByHash(db, accountId, addressHash)
  if (!suppression) throw new NotFoundError('there is no such suppression')
  return suppression
}

/** Lets the address of this digest have mail again, whatever the reason was; false when it was not suppressed. */
export async function removeSuppressionByHash(tx: Tx, accountId: number, addressHash: string): Promise<boolean> {
  const removed = await tx.run(
    sql`delete from suppression where account_id = ${accountId} and address_hash = ${addressHash}`,
  )
  return removed > 0
}

/** Lets the address have mail again, if it was suppressed for this reason or none is named; false when it was not. */
export async function removeSuppression(
  tx: Tx,
  accountId: number,
  email: string,
  reason?: SuppressionReason,
): Promise<boolean> {
  const key = await findSecret(tx, suppressionSecret)
  if (!key) return false
  const only = reason === undefined ? sql`` : sql`and reason = ${reason}`
  const removed = await tx.run(sql`
    delete from suppression where account_id = ${accountId} and address_hash = ${hashAddress(key, email)} ${only}`)
  return removed > 0
}

/** In the order of their digests, which is none; `after` is the last digest already shown. */
export function listSuppressions(
  db: Reader,
  accountId: number,
  page: { after?: string | undefined; limit: number },
): Promise<Suppression[]> {
  return db.all<Suppression>(sql`
    select ${columns} from suppression where account_id = ${accountId} and address_hash > ${page.after ?? ''}
    order by address_hash ${sqlLimit(page.limit)}`)
}

/** Its name in the table of secrets. */
export const suppressionSecret = 'suppression'
const columns = sql`address_hash as "addressHash", email, reason, source, at`

function findByHash(db: Reader, accountId: number, addressHash: string): Promise<Suppression | undefined> {
  return db.one<Suppression>(sql`
    select ${columns} from suppression where account_id = ${accountId} and address_hash = ${addressHash}`)
}

function weightOf(reason: SuppressionReason): number {
  return suppressionReasons.indexOf(reason)
}

/** A mailbox whose domain is written in two scripts is one mailbox (RFC 5890 2.3.2.1). */
export function hashAddress(key: Uint8Array, email: string): string {
  const address = normalizeEmail(email)
  const at = address.lastIndexOf('@') + 1
  const domain = domainToASCII(address.slice(at)) || address.slice(at)
  return createHmac('sha256', key)
    .update(address.slice(0, at) + domain)
    .digest('hex')
}
