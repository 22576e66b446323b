// Finds contacts by the beginning of what is known of them: address, first or last name, both names, or the whole id. Each
// question reads a few entries of one index. Called by faces/web.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import type { Member } from '../lists/membership.ts'
import { normalizeEmail } from './email.ts'

/** Longer texts are the beginning of nothing. */
const maxLength = 254

/** An id that fits comes first, then addresses, then names; each contact once. */
export async function searchContacts(db: Reader, accountId: number, text: string, limit: number): Promise<Member[]> {
  const words = text.trim().replace(/\s+/g, ' ')
  if (words === '' || words.length > maxLength) return []
  const found = new Map<number, Member>()
  for (const condition of conditionsOf(words)) {
    if (found.size >= limit) break
    for (const member of await find(db, accountId, condition, limit)) found.set(member.contactId, member)
  }
  return [...found.values()].slice(0, limit)
}

interface Condition {
  where: Sql
  order: Sql
}

function conditionsOf(words: string): Condition[] {
  const conditions: Condition[] = []
  if (/^\d{1,15}$/.test(words)) conditions.push({ where: sql`contact_id = ${Number(words)}`, order: sql`contact_id` })
  conditions.push(beginsWith(email, normalizeEmail(words)))
  for (const name of spellings(words)) {
    const [first, ...rest] = name.split(' ')
    const second = rest.join(' ')
    if (second === '') conditions.push(beginsWith(firstName, name), beginsWith(lastName, name))
    else conditions.push(...spellings(second).flatMap((last) => bothNames(first!, last)), beginsWith(lastName, name))
  }
  return conditions
}

const email = sql`email collate "binary"`
const firstName = sql`lower(first_name) collate "binary"`
const lastName = sql`lower(last_name) collate "binary"`

function bothNames(first: string, last: string): Condition[] {
  const second = beginsWith(lastName, last)
  return [{ where: sql`${firstName} = ${first} and ${second.where}`, order: second.order }]
}

function beginsWith(column: Sql, text: string): Condition {
  return { where: sql`${column} >= ${text} and ${column} < ${text + '\u{10ffff}'}`, order: column }
}

// The embedded database makes no other letters small than those of ASCII: an initial Å stays what it is.
function spellings(text: string): string[] {
  const small = text.toLowerCase()
  const capital = small.replace(/^[^\0-\x7f]/u, (letter) => letter.toUpperCase())
  return capital === small ? [small] : [small, capital]
}

function find(db: Reader, accountId: number, { where, order }: Condition, limit: number): Promise<Member[]> {
  return db.all<Member>(sql`
    select contact_id as "contactId", email, first_name as "firstName", last_name as "lastName" from contact
    where account_id = ${accountId} and ${where} order by ${order} ${sqlLimit(limit)}`)
}
