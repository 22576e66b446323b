// Contacts by how their address or their name begins: for whoever types. Read by the faces.

import type { Reader } from '../../db/db.ts'
import { sql, sqlJoin, sqlLimit } from '../../db/sql.ts'
import type { Sql } from '../../db/sql.ts'
import { contactColumns, toSummary } from './contact.ts'
import type { ContactRow, ContactSummary } from './contact.ts'
import { normalizeEmail } from './email.ts'

/** Where a page ended: in which of the ways to match, and behind whom. */
export interface SearchPosition {
  way: number
  word: string
  contactId: number
}

export interface SearchPage {
  contacts: ContactSummary[]
  next: SearchPosition | undefined
}

interface Way {
  /** What the index is ordered by. */
  word: Sql
  begins: Sql
  condition: Sql
}

/** Addresses that begin so come first, then first and last names; each contact once. Case counts beyond ASCII only. */
export async function searchContacts(
  db: Reader,
  accountId: number,
  text: string,
  page: { after?: SearchPosition | undefined; limit: number },
): Promise<SearchPage> {
  const ways = waysOf(text.trim())
  const found: (ContactRow & { word: string; way: number })[] = []
  for (let way = page.after?.way ?? 0; way < ways.length && found.length <= page.limit; way++) {
    const after = way === page.after?.way ? page.after : undefined
    const rows = await db.all<ContactRow & { word: string }>(
      matching(accountId, ways, way, { after, limit: page.limit + 1 - found.length }),
    )
    found.push(...rows.map((row) => ({ ...row, way })))
  }
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  const isMore = found.length > page.limit && last !== undefined
  return {
    contacts: shown.map(({ word: _word, way: _way, ...row }) => toSummary(row)),
    next: isMore ? { way: last.way, word: last.word, contactId: last.contactId } : undefined,
  }
}

const firstName = sql`lower(first_name)`
const lastName = sql`lower(last_name)`

function waysOf(text: string): Way[] {
  const named = { first: sql`first_name <> ''`, last: sql`last_name <> ''` }
  const ways: Way[] = [
    { word: firstName, begins: begins(firstName, text), condition: named.first },
    { word: lastName, begins: begins(lastName, text), condition: named.last },
  ]
  const [, first, rest] = /^(\S+)\s+(.+)$/s.exec(text) ?? []
  if (first === undefined || rest === undefined)
    return [{ word: sql`email`, begins: begins(sql`email`, normalizeEmail(text)), condition: sql`1 = 1` }, ...ways]
  const both = {
    word: lastName,
    begins: begins(lastName, rest),
    condition: sql`${named.last} and ${firstName} = lower(${first})`,
  }
  return [both, ...ways]
}

// Behind the prefix no text goes on with a code point above the last.
function begins(word: Sql, prefix: string): Sql {
  return sql`${word} >= lower(${prefix}) and ${word} < lower(${`${prefix}\u{10ffff}`})`
}

function matching(
  accountId: number,
  ways: readonly Way[],
  no: number,
  { after, limit }: { after: SearchPosition | undefined; limit: number },
): Sql {
  const { word, begins: range, condition } = ways[no]!
  const behind = after ? sql`and (${word}, contact_id) > (${after.word}, ${after.contactId})` : sql``
  // Who was shown for another reason before.
  const shown = ways.slice(0, no).map((way) => sql`and not (${way.begins} and ${way.condition})`)
  return sql`
    select ${contactColumns}, ${word} as word from contact
    where account_id = ${accountId} and ${range} and ${condition} ${behind} ${sqlJoin(shown, ' ')}
    order by ${word}, contact_id ${sqlLimit(limit)}`
}
