// Writes a contact's row as it is given; the rules are those of who calls: import-contact.ts,
// import-contacts.ts and write-contact.ts.

import type { Tx } from '../../db/db.ts'
import { inParts, sql, sqlRows } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { RaceLostError } from '../../errors.ts'
import type { Contact } from './contact.ts'

export async function insertContact(tx: Tx, accountId: number, contact: Contact): Promise<void> {
  await tx.run(sql`
    insert into contact(contact_id, account_id, email, status, email_type, first_name, last_name, confirmed,
      opt_in_at, opt_in_source, opt_out_at, opt_out_source, opt_out_reason, created_at, updated_at, profile)
    values (${contact.contactId}, ${accountId}, ${contact.email}, ${contact.status}, ${contact.emailType}, ${contact.firstName},
      ${contact.lastName}, ${Number(contact.confirmed)}, ${contact.optInAt}, ${contact.optInSource}, ${contact.optOutAt},
      ${contact.optOutSource}, ${contact.optOutReason}, ${contact.createdAt}, ${contact.updatedAt}, ${packProfile(contact)})`)
  await tx.run(
    sql`insert into contact_email(email, account_id, contact_id) values (${contact.email}, ${accountId}, ${contact.contactId})`,
  )
}

/** The same for many with few statements; throws RaceLostError when one of them came to exist meanwhile. */
export async function insertContacts(tx: Tx, accountId: number, contacts: readonly Contact[]): Promise<void> {
  for (const part of inParts(contacts, 512)) {
    const rows = part.map((contact) => [
      contact.contactId, accountId, contact.email, contact.status, contact.emailType, contact.firstName, contact.lastName,
      Number(contact.confirmed), contact.optInAt, contact.optInSource, contact.optOutAt, contact.optOutSource,
      contact.optOutReason, contact.createdAt, contact.updatedAt, packProfile(contact),
    ]) // oxfmt-ignore
    const added = await tx.run(sql`
      insert into contact(contact_id, account_id, email, status, email_type, first_name, last_name, confirmed,
        opt_in_at, opt_in_source, opt_out_at, opt_out_source, opt_out_reason, created_at, updated_at, profile)
      values ${sqlRows(rows)} on conflict do nothing`)
    const emails = part.map(({ email, contactId }) => [email, accountId, contactId])
    const named = await tx.run(
      sql`insert into contact_email(email, account_id, contact_id) values ${sqlRows(emails)} on conflict do nothing`,
    )
    if (added < part.length || named < part.length) throw new RaceLostError('a contact')
  }
}

export async function updateContact(tx: Tx, accountId: number, contact: Contact): Promise<void> {
  await update(tx, accountId, contact, sql``)
}

/** The same when nobody has changed the contact since it was read as `held`; else throws RaceLostError. */
export async function replaceContact(tx: Tx, accountId: number, contact: Contact, held: Contact): Promise<void> {
  const updated = await update(tx, accountId, contact, sql`and updated_at = ${held.updatedAt}`)
  if (updated === 0) throw new RaceLostError('a contact')
}

function update(tx: Tx, accountId: number, contact: Contact, condition: Sql): Promise<number> {
  return tx.run(sql`
    update contact set email = ${contact.email}, status = ${contact.status}, email_type = ${contact.emailType}, first_name = ${contact.firstName},
      last_name = ${contact.lastName}, confirmed = ${Number(contact.confirmed)}, opt_in_at = ${contact.optInAt},
      opt_in_source = ${contact.optInSource}, opt_out_at = ${contact.optOutAt}, opt_out_source = ${contact.optOutSource},
      opt_out_reason = ${contact.optOutReason}, created_at = ${contact.createdAt}, updated_at = ${contact.updatedAt},
      profile = ${packProfile(contact)}
    where contact_id = ${contact.contactId} and account_id = ${accountId} ${condition}`)
}

function packProfile(contact: Contact): string | null {
  return Object.keys(contact.profile).length > 0 ? JSON.stringify(contact.profile) : null
}
