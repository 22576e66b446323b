// The list of tables that copying and comparing go by is what the engines have: nothing is forgotten by a new migration.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectRows, tables } from '../src/core/copy/tables.ts'
import { Sql, sql } from '../src/db/sql.ts'
import { createPostgresDatabase, testOnEach } from './databases.ts'
import type { Engine } from './databases.ts'
import { openTestApp } from './server.ts'

interface Column {
  name: string
  column: string
  /** 0 outside the primary key, else its place in it. */
  place: number
}

const catalogs: Record<Engine, Sql> = {
  sqlite: sql`select t.name, c.name as "column", c.pk as place from pragma_table_list t, pragma_table_info(t.name) c
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'`,
  postgres: sql`select c.relname as name, a.attname as "column",
      coalesce(array_position(k.conkey, a.attnum), 0) as place
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`,
}

testOnEach('every table, column and primary key of the engine is in the list', async (engine) => {
  await using opened = await openTestApp()
  const found = new Map<string, Column[]>()
  for (const row of await opened.app.db.all<Column>(catalogs[engine]))
    found.set(row.name, [...(found.get(row.name) ?? []), row])
  found.delete('migration')
  assert.deepEqual([...found.keys()].toSorted(), tables.map(({ name }) => name).toSorted())
  for (const { name, key, columns } of tables) {
    const real = found.get(name)!
    assert.deepEqual(real.map(({ column }) => column).toSorted(), [...columns].toSorted(), name)
    const keyColumns = real.filter(({ place }) => place > 0).toSorted((a, b) => a.place - b.place)
    assert.deepEqual(
      keyColumns.map(({ column }) => column),
      key,
      name,
    )
  }
})

testOnEach('what refers to a table stands behind it', async (engine) => {
  // A new one: other tests remove constraints, as on a cluster.
  await using database = engine === 'postgres' ? await createPostgresDatabase('empty') : undefined
  await using opened = await openTestApp(database && { databaseUrl: database.url })
  const references = await opened.app.db.all<{ name: string; target: string }>(
    engine === 'sqlite'
      ? sql`select t.name, f."table" as target from pragma_table_list t, pragma_foreign_key_list(t.name) f`
      : sql`select c.relname as name, t.relname as target from pg_constraint k
          join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid where k.contype = 'f'`,
  )
  assert.ok(references.length > 5)
  const place = (table: string): number => tables.findIndex(({ name }) => name === table)
  for (const { name, target } of references) assert.ok(place(target) < place(name), `${name} refers to ${target}`)
})

test('filling a server in the order of receipt needs no sorting of the embedded store', async () => {
  await using opened = await openTestApp({}, 'sqlite')
  const event = tables.find(({ name }) => name === 'event')!
  const order = ['account_id', 'recorded_at', 'contact_id', 'event_id', 'kind']
  for (const after of [undefined, [1, 2, 3, 4, 5]]) {
    const { strings, values } = selectRows(event, { order, after })
    const explained = new Sql([`explain query plan ${strings[0]}`, ...strings.slice(1)], values)
    const plan = await opened.app.db.all<{ detail: string }>(explained)
    assert.doesNotMatch(JSON.stringify(plan), /TEMP B-TREE/)
    assert.match(JSON.stringify(plan), /event_feed/)
  }
})
