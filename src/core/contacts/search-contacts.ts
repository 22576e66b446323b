// Contacts by how their address or their names begin, or by id: for whoever types. Read by the faces.

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

/**
 * Who has this id comes first, then whose address begins so, then first and last names; each contact once. In names, case
 * counts only beyond ASCII and behind the first letter. Each way reads a few entries of one index.
 */
export async function searchContacts(
  db: Reader,
  accountId: number,
  text: string,
  page: { after?: SearchPosition | undefined; limit: number },
): Promise<SearchPage> {
  const ways = waysOf(text)
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
/** Longer texts are the beginning of nothing. */
const maxLength = 254

function waysOf(given: string): Way[] {
  const text = given.trim().replace(/\s+/g, ' ')
  if (text === '' || text.length > maxLength) return []
  const ways: Way[] = []
  const always = sql`1 = 1`
  if (/^\d{1,15}$/.test(text))
    ways.push({ word: sql`email`, begins: sql`contact_id = ${Number(text)}`, condition: always })
  if (!text.includes(' '))
    ways.push({ word: sql`email`, begins: begins(sql`email`, normalizeEmail(text)), condition: always })
  const hasFirst = sql`first_name <> ''`
  const hasLast = sql`last_name <> ''`
  const [, first, rest] = /^(\S+) (.+)$/s.exec(text) ?? []
  for (const [one, last] of first === undefined ? [] : pairs(spellings(first), spellings(rest!)))
    ways.push({ word: lastName, begins: begins(lastName, last), condition: sql`${hasLast} and ${firstName} = ${one}` })
  for (const name of spellings(text)) {
    ways.push({ word: firstName, begins: begins(firstName, name), condition: hasFirst })
    ways.push({ word: lastName, begins: begins(lastName, name), condition: hasLast })
  }
  return ways
}

function pairs(firsts: readonly string[], lasts: readonly string[]): [first: string, last: string][] {
  return firsts.flatMap((first) => lasts.map((last): [string, string] => [first, last]))
}

// Databases make no other letters small than those of ASCII: Å stays what it is, as an initial or in a name in capitals.
function spellings(text: string): string[] {
  const small = text.toLowerCase()
  const capital = small.replace(/^[^\0-\x7f]/u, (letter) => letter.toUpperCase())
  const asWritten = text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return [...new Set([small, capital, asWritten])]
}

// Behind the prefix no text goes on with a code point above the last.
function begins(word: Sql, prefix: string): Sql {
  return sql`${word} >= ${prefix} and ${word} < ${`${prefix}\u{10ffff}`}`
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
