// No question a face asks looks through a whole table: each statement it runs is explained, and must search an index.

import assert from 'node:assert/strict'
import type { Db } from '../src/db/db.ts'
import { Sql, sql } from '../src/db/sql.ts'
import { testOnEach } from './databases.ts'
import type { Engine } from './databases.ts'
import { startTestServer } from './server.ts'
import type { TestServer } from './server.ts'
import { fill, useEverything } from './use-everything.ts'
import { watched } from './watched.ts'

/** Rows that are given are no table, nor are those that were found and are counted. */
const search = /^(?!SCAN (?!(\d+-ROW VALUES CLAUSE|\d+ CONSTANT ROWS|crowd|week|few)$))/
/** A page that was put together before it is joined: all kinds of a contact are up to eight short ranges, merged. */
const searchOrMerged = /^(?!SCAN (?!\(subquery-\d+\)$|arm$|e$))/

testOnEach(
  'every page of the 2008 wire and of the command line searches, and scans nothing that grows',
  async (engine) => {
    await using server = await startTestServer()
    await fill(server)
    if (engine === 'postgres') await fillMore(server)
    const seen = new Map<string, Sql>()
    await useEverything(server, watched(server.app.db, seen))
    assert.ok(seen.size > 30, `${seen.size} statements`)
    for (const [text, query] of seen) await judge[engine](server.app.db, text, query)
  },
)

const judge: Record<Engine, (db: Db, text: string, query: Sql) => Promise<void>> = {
  sqlite: async (db, text, query) => {
    const plan = await db.all<{ detail: string }>(prefixed('explain query plan', query))
    for (const { detail } of plan) {
      assert.match(detail, /union all|\) e (left )?join/.test(text) ? searchOrMerged : search, text)
      // All memberships of an account, for each contact, is as bad as a scan.
      assert.doesNotMatch(detail, /membership_list \(account_id=\?\)/, text)
    }
  },
  postgres: async (db, text, query) => {
    if (!/^\s*(select|insert|update|delete)/.test(text)) return
    const plan = await db.tuples<[line: string]>(prefixed('explain', query))
    for (const [line] of plan)
      assert.doesNotMatch(line, /Seq Scan on (event|contact|contact_email|membership|send|event_key)\b/, `${text}\n${plan.join('\n')}`) // oxfmt-ignore
  },
}

function prefixed(words: string, { strings, values }: Sql): Sql {
  return new Sql([`${words} ${strings[0]}`, ...strings.slice(1)], values)
}

/** So much that looking through a table would never be the cheapest plan. */
async function fillMore({ app, accountId }: TestServer): Promise<void> {
  await app.db.transaction(async (tx) => {
    await tx.run(sql`
      insert into contact(contact_id, account_id, email, status, email_type, first_name, last_name, confirmed, created_at, updated_at)
      select n, ${accountId}, 'c' || n || '@example.com', case when n % 50 = 0 then 'removed' else 'active' end, 'html', '', '', 0, n, n
      from generate_series(1000, 21000) n`)
    await tx.run(
      sql`insert into contact_email(email, account_id, contact_id) select email, account_id, contact_id from contact on conflict do nothing`,
    )
    await tx.run(sql`
      insert into list(account_id, list_id, name, opt_in_default, sort_order, created_at)
      select ${accountId}, n, 'L' || n, 0, n, 0 from generate_series(1002, 1020) n`)
    await tx.run(sql`
      insert into membership(contact_id, list_id, account_id, opt_in_at, opt_in_source)
      select contact_id, 1002 + contact_id % 19, account_id, 0, 'customer' from contact on conflict do nothing`)
    await tx.run(sql`
      insert into campaign(campaign_id, account_id, name, kind, status, dated_at)
      select n, ${accountId}, 'C' || n, 'regular', 'sent', n from generate_series(2000, 2040) n`)
    await tx.run(sql`
      insert into event(contact_id, kind, event_id, campaign_id, recorded_at, account_id, source, link_no)
      select 1000 + n % 20000, 1 + n % 4, n * 64, 2000 + n % 41, n, ${accountId}, 1, case when n % 4 = 3 then 1 end
      from generate_series(1, 60000) n`)
    await tx.run(
      sql`insert into send(contact_id, campaign_id, send_no, account_id, message_id, sent_at) select contact_id, campaign_id, event_id, account_id, '', 0 from event where kind = 1 on conflict do nothing`,
    )
    await tx.run(
      sql`insert into event_key(contact_id, key_hash, kind, event_id, recorded_at) select contact_id, event_id, kind, event_id, 0 from event on conflict do nothing`,
    )
    await tx.run(sql`analyze`)
  })
}
