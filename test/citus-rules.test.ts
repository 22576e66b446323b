import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listMigrations } from '../src/db/migrate.ts'
import { splitScript } from '../src/db/postgres-text.ts'
import { Sql } from '../src/db/sql.ts'
import { findFaults, findTableFaults, readLayout } from './citus-rules.ts'
import { testOnEach, testOnPostgres } from './databases.ts'
import { openTestApp, startTestServer } from './server.ts'
import { fill, useEverything } from './use-everything.ts'
import { watched } from './watched.ts'

const layout = readLayout()

test('Citus takes the tables: unique keys hold the column they are spread by, references lead to what is everywhere', () => {
  assert.deepEqual(findTableFaults(layout), [])
  assert.ok(layout.distributed.size >= 6 && layout.reference.size >= 7)
  // What is small or short-lived stays on the coordinator.
  // What is small or short-lived stays on the coordinator.
  assert.deepEqual([...layout.local].toSorted(), ['activity', 'activity_error', 'activity_input', 'activity_line',
    'application', 'audit', 'bounce_mailbox', 'bounce_review', 'campaign_run', 'erasure', 'forward_count',
    'forward_friend', 'forward_visitor', 'hook_campaign', 'hook_endpoint', 'id_block', 'import_progress', 'inbox',
    'job', 'kept_answer', 'library_folder', 'library_image', 'library_usage', 'outgoing_key', 'secret',
    'sending_process', 'sign_in_try', 'suppression', 'token', 'web_session', 'web_user', 'webhook_attempt',
    'webhook_endpoint', 'webhook_pending']) // oxfmt-ignore
})

testOnEach('Citus takes every statement that pages, commands and the import run', async () => {
  await using server = await startTestServer()
  await fill(server)
  const seen = new Map<string, Sql>()
  await useEverything(server, watched(server.app.db, seen))
  const faults = [...seen.keys()].flatMap((text) => findFaults(text, layout).map((fault) => `${fault}: ${text}`))
  assert.deepEqual(faults, [])
})

test('what was refused on a real cluster is found', () => {
  const faulty = [
    'insert into event(contact_id) select * from unnest(?::int8[])',
    'insert into event(contact_id) select contact_id from contact on conflict do nothing',
    'select 1; select 2',
    'update contact set contact_id = ? where account_id = ?',
    'update contact set updated_at = now() where contact_id = ?',
    'select * from contact where account_id = ? for update',
    'select * from contact c join contact_email e on e.contact_id = c.contact_id where e.email = ?',
    'select l.url, (select count(*) from event e where e.link_no = l.link_no) as n from link l where l.campaign_id = ?',
    'select * from event e join contact c on c.account_id = e.account_id',
  ]
  for (const text of faulty) assert.notDeepEqual(findFaults(text, layout), [], text)
  const tables = { ...layout, statements: ['create table event(contact_id bigint, event_id bigint primary key)'] }
  assert.notDeepEqual(findTableFaults(tables), [])
  const reference = { ...layout, statements: ['create table send(contact_id bigint references contact(contact_id))'] }
  assert.notDeepEqual(findTableFaults(reference), [])
})

testOnPostgres('the constraints that the steps for Citus remove are there to be removed', async () => {
  await using app = await openTestApp()
  const steps = listMigrations('postgres').flatMap(({ citus }) => splitScript(citus ?? ''))
  const removals = steps.filter((step) => step.startsWith('alter table'))
  assert.equal(removals.length, 9)
  await app.app.db.transaction(async (tx) => {
    for (const removal of removals) await tx.run(new Sql([removal], []))
  })
})
