// The demo account: the contact and clicks of the 2008 documentation's example, in a made-up account around them.
// Everything is fixed or drawn from a fixed seed, so that every installation shows the same. Called by `serve --demo` and, for an account without data, by faces/web.

import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { getAccountNamed, insertAccount, listAccounts } from '../accounts/account.ts'
import { allScopes, insertApiKey } from '../accounts/api-key.ts'
import { hashSecret } from '../accounts/secret-hash.ts'
import { importCampaign } from '../campaigns/campaign.ts'
import { importContact } from '../contacts/import-contact.ts'
import { record } from '../events/record.ts'
import { importList } from '../lists/write-list.ts'
import { findSender, insertSender } from '../senders/sender.ts'
import { hasUsers } from '../users/user.ts'
import type { Role } from '../users/user.ts'
import { insertUser } from '../users/write-user.ts'
import { demoCampaigns } from './demo-campaigns.ts'
import { demoContacts } from './demo-contacts.ts'
import { demoEvents } from './demo-events.ts'
import { recordMachines } from './demo-machines.ts'

/** Fixed, so that the README's lines can be pasted. A store that has them is only served on loopback. */
export const demoCredentials = { key: 'demo-key', username: 'joesflowers', password: 'demo' }

/** Creates the demo account, whole or not at all, if the store has no account; says whether it did. */
export async function createDemo(db: Db, now: number): Promise<boolean> {
  const { key, username, password } = demoCredentials
  const [passwordHash, keyHash] = await Promise.all([hashSecret(password), hashSecret(key)])
  const work = async (tx: Tx): Promise<boolean> => {
    if ((await listAccounts(tx)).length > 0) return false
    await tx.run(sql`insert into secret(name, value) values ('demo', 'yes') on conflict do nothing`)
    const { accountId } = await insertAccount(tx, username, passwordHash, now)
    // Its data is nobody's, so that the key may work alone.
    await insertApiKey(tx, accountId, { name: 'demo', scopes: [...allScopes], worksAlone: true, key, keyHash }, now)
    await insertDemoUsers(tx, accountId, passwordHash, now)
    await fill(tx, accountId, now)
    return true
  }
  return db.transaction(work).catch((error: unknown) => {
    // Another process made it at the same moment.
    if (error instanceof ConflictError) return false
    throw error
  })
}

/**
 * The same data in an account that has nothing yet, whole or not at all. Throws ConflictError when it has something, or when
 * the ids of the demo are taken by another account.
 */
export function fillWithDemo(db: Db, accountId: number, now: number): Promise<void> {
  return db.transaction(async (tx) => {
    const any = await tx.one(sql`
      select 1 from contact where account_id = ${accountId} union all select 1 from campaign where account_id = ${accountId}
      union all select 1 from list where account_id = ${accountId} limit 1`)
    if (any) throw new ConflictError('demo data is for an account that has none of its own')
    await fill(tx, accountId, now)
  })
}

async function fill(tx: Tx, accountId: number, now: number): Promise<void> {
  const campaigns = demoCampaigns()
  const contacts = demoContacts()
  const events = demoEvents(campaigns, contacts)
  await importList(tx, accountId, { listId: 1, name: 'General Interest' }, now)
  await importList(tx, accountId, { listId: 2, name: 'Garden Club' }, now)
  if (!(await findSender(tx, accountId, demoSender))) await insertSender(tx, accountId, demoSender, now)
  for (const campaign of campaigns) await importCampaign(tx, accountId, campaign, now)
  for (const contact of contacts) await importContact(tx, accountId, contact, now)
  await record(tx, accountId, events, now)
  await recordMachines(tx, accountId, campaigns, events, now)
}

const demoSender = 'joe@joesflowers.example'

/** Those of a demo that was made before there were users. */
export async function addDemoUsers(db: Db, now: number): Promise<void> {
  if (await hasUsers(db)) return
  const { username, password } = demoCredentials
  const passwordHash = await hashSecret(password)
  await db.transaction(async (tx) => {
    if (await hasUsers(tx)) return
    const { accountId } = await getAccountNamed(tx, username)
    await insertDemoUsers(tx, accountId, passwordHash, now)
  })
}

/** One of each role, with the demo's password. */
async function insertDemoUsers(tx: Tx, accountId: number, passwordHash: string, now: number): Promise<void> {
  for (const [name, role] of [
    ['Joe Flowers', 'owner'],
    ['Erin Editor', 'editor'],
    ['Vic Viewer', 'viewer'],
  ] as const)
    // oxfmt-ignore
    await insertUser(tx, accountId, { email: demoUserEmail(role), name, role }, passwordHash, now)
}

export function demoUserEmail(role: Role): string {
  return `${role}@joesflowers.example`
}

/** Whether the well-known demo credentials are in this store. */
export async function hasDemo(db: Db): Promise<boolean> {
  return (await db.one(sql`select 1 from secret where name = 'demo'`)) !== undefined
}
