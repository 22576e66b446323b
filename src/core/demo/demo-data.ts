// The demo account: the contact and clicks of the 2008 documentation's example, in a made-up account around them.
// Everything is fixed or drawn from a fixed seed, so that every installation shows the same. Called by `serve --demo`.

import type { Db, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import { insertAccount, listAccounts } from '../accounts/account.ts'
import { allScopes, insertApiKey } from '../accounts/api-key.ts'
import { hashSecret } from '../accounts/secret-hash.ts'
import { importCampaign } from '../campaigns/campaign.ts'
import { importContact } from '../contacts/import-contact.ts'
import { record } from '../events/record.ts'
import { importList } from '../lists/write-list.ts'
import { insertSender } from '../senders/sender.ts'
import { demoCampaigns } from './demo-campaigns.ts'
import { demoContacts } from './demo-contacts.ts'
import { demoEvents } from './demo-events.ts'

/** Fixed, so that the README's lines can be pasted. A store that has them is only served on loopback. */
export const demoCredentials = { key: 'demo-key', username: 'joesflowers', password: 'demo' }

/** Creates the demo account, whole or not at all, if the store has no account; says whether it did. */
export async function createDemo(db: Db, now: number): Promise<boolean> {
  const { key, username, password } = demoCredentials
  const [passwordHash, keyHash] = await Promise.all([hashSecret(password), hashSecret(key)])
  const campaigns = demoCampaigns()
  const contacts = demoContacts()
  const events = demoEvents(campaigns, contacts)
  const work = async (tx: Tx): Promise<boolean> => {
    if ((await listAccounts(tx)).length > 0) return false
    await tx.run(sql`insert into secret(name, value) values ('demo', 'yes') on conflict do nothing`)
    const { accountId } = await insertAccount(tx, username, passwordHash, now)
    await insertApiKey(tx, accountId, { name: 'demo', scopes: [...allScopes], key, keyHash }, now)
    await importList(tx, accountId, { listId: 1, name: 'General Interest' }, now)
    await importList(tx, accountId, { listId: 2, name: 'Garden Club' }, now)
    await insertSender(tx, accountId, 'joe@joesflowers.example', now)
    for (const campaign of campaigns) await importCampaign(tx, accountId, campaign, now)
    for (const contact of contacts) await importContact(tx, accountId, contact, now)
    await record(tx, accountId, events, now)
    return true
  }
  return db.transaction(work).catch((error: unknown) => {
    // Another process made it at the same moment.
    if (error instanceof ConflictError) return false
    throw error
  })
}

/** Whether the well-known demo credentials are in this store. */
export async function hasDemo(db: Db): Promise<boolean> {
  return (await db.one(sql`select 1 from secret where name = 'demo'`)) !== undefined
}
