// The keys that sign an account's mail, by domain (RFC 6376). The newest that is not retired signs; older ones go on
// verifying as long as the owner leaves them in the DNS.

import { domainToASCII } from 'node:url'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../errors.ts'
import { generateDkimKey } from '../../mail/dkim-key.ts'
import type { DkimKey } from '../../mail/dkim-key.ts'

export interface StoredDkimKey extends DkimKey {
  createdAt: number
  retiredAt: number | null
}

/** Those that sign for this domain, or for the closest one above it that has some: at most one of each kind of key. */
export async function findDkimKeys(db: Reader, accountId: number, domain: string): Promise<DkimKey[]> {
  for (let name = domain.toLowerCase(); name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const keys = (await listDkimKeys(db, accountId, name)).filter(({ retiredAt }) => retiredAt === null)
    if (keys.length > 0) return [keys[0]!]
  }
  return []
}

/** All of the account, or of one domain; by domain, the newest first. */
export function listDkimKeys(db: Reader, accountId: number, domain?: string): Promise<StoredDkimKey[]> {
  const only = domain === undefined ? sql`` : sql`and domain = ${domain}`
  return db.all<StoredDkimKey>(sql`
    select domain, selector, private_key as "privateKey", created_at as "createdAt", retired_at as "retiredAt"
    from dkim_key where account_id = ${accountId} ${only} order by domain, created_at desc, selector`)
}

// What stands in the DNS (RFC 6376 3.1, RFC 1035 2.3.1): labels of letters, digits and hyphens.
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const isSelector = new RegExp(`^${label}(?:\\.${label})*$`, 'i')
const isDomain = new RegExp(`^${label}(?:\\.${label})+$`, 'i')

function checkName(field: 'domain' | 'selector', name: string, shape: RegExp): void {
  if (name.length > 200 || !shape.test(domainToASCII(name)))
    throw new InvalidInputError(`${JSON.stringify(name)} is no ${field} that can stand in the DNS`, field)
}

/** Keys of an account that are not retired. */
export const maxDkimKeys = 100
/** With those that are: of more, the ones that were retired first are forgotten. */
const maxKeptKeys = 1000

/**
 * Makes a key that signs from now on. Throws ConflictError when the domain has one of this selector, InvalidInputError for
 * names that can't be and when the account has very many.
 */
export async function createDkimKey(
  db: Db,
  accountId: number,
  domain: string,
  selector: string,
  now: number,
): Promise<DkimKey> {
  checkName('domain', domain, isDomain)
  checkName('selector', selector, isSelector)
  // Making one takes long enough to look before.
  await requireRoom(db, accountId)
  const key = await generateDkimKey(domain.toLowerCase(), selector.toLowerCase())
  const inserted = await db.transaction(async (tx) => {
    await tx.one(sql`select account_id from account where account_id = ${accountId} ${tx.forUpdate}`)
    await requireRoom(tx, accountId)
    const added = await tx.run(sql`
      insert into dkim_key(account_id, domain, selector, private_key, created_at)
      values (${accountId}, ${key.domain}, ${key.selector}, ${key.privateKey}, ${now}) on conflict do nothing`)
    await forgetOldest(tx, accountId)
    return added
  })
  if (inserted === 0) throw new ConflictError(`${key.domain} has a key ${key.selector} already`)
  return key
}

async function requireRoom(db: Reader, accountId: number): Promise<void> {
  const row = await db.one<{ count: number }>(
    sql`select count(*) as count from dkim_key where account_id = ${accountId} and retired_at is null`,
  )
  if (row!.count >= maxDkimKeys)
    throw new InvalidInputError(`an account has at most ${maxDkimKeys} keys that sign: retire those that are not needed`) // oxfmt-ignore
}

async function forgetOldest(tx: Tx, accountId: number): Promise<void> {
  const oldest = await tx.one<{ retiredAt: number }>(sql`
    select retired_at as "retiredAt" from dkim_key where account_id = ${accountId}
    order by coalesce(retired_at, ${Number.MAX_SAFE_INTEGER}) desc ${sqlLimit(1)} offset ${maxKeptKeys}`)
  if (oldest)
    await tx.run(sql`delete from dkim_key where account_id = ${accountId} and retired_at <= ${oldest.retiredAt}`)
}

/** It signs no more; what it signed goes on verifying while it is in the DNS. Throws NotFoundError. */
export async function retireDkimKey(
  db: Db,
  accountId: number,
  domain: string,
  selector: string,
  now: number,
): Promise<void> {
  const retired = await db.transaction((tx) =>
    tx.run(sql`
      update dkim_key set retired_at = coalesce(retired_at, ${now})
      where account_id = ${accountId} and domain = ${domain.toLowerCase()} and selector = ${selector.toLowerCase()}`),
  )
  if (retired === 0) throw new NotFoundError(`there is no key ${selector} of ${domain}`)
}
