// Taking contacts in one by one and together ends in the same store, whatever is given and whatever is there already.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { engines } from '../../../test/databases.ts'
import { startTestServer, testNow } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import type { ImportedContact } from './import-contact.ts'
import { importContacts } from './import-contacts.ts'

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
// Few addresses, ids and lists, so that most contacts meet another.
const someContact = fc
  .record({
    email: fc.constantFrom('a@x.example', 'b@x.example', 'c@x.example', 'd@x.example', 'e@x.example'),
    contactId: maybe(fc.integer({ min: 1, max: 6 })),
    firstName: maybe(fc.constantFrom('Ada', 'Ben')),
    status: maybe(fc.constantFrom('active' as const, 'do-not-mail' as const)),
    optInAt: maybe(fc.integer({ min: 1, max: 3 })),
    lists: maybe(fc.array(fc.constantFrom('One', 'Two', 'Three'), { maxLength: 3 })),
    profile: maybe(fc.constantFrom({ city: 'Waltham' }, { city: 'Boston', note: 'n' })),
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as ImportedContact) // oxfmt-ignore
const someBatches = fc.array(fc.array(someContact, { maxLength: 12 }), { minLength: 1, maxLength: 4 })

async function importInto(
  { app, accountId }: TestServer,
  isRemote: boolean,
  batch: readonly ImportedContact[],
): Promise<string[]> {
  const outcomes = await app.db.transaction((tx) => importContacts({ ...tx, isRemote }, accountId, batch, testNow))
  return outcomes.map((outcome) => (outcome instanceof ConflictError ? outcome.message : outcome))
}

async function contents({ app: { db } }: TestServer): Promise<unknown[]> {
  return [
    await db.tuples(sql`
      select contact_id, email, status, first_name, opt_in_at, opt_in_source, created_at, updated_at, profile from contact order by contact_id`),
    await db.tuples(sql`select email, contact_id from contact_email order by contact_id`),
    await db.tuples(sql`select list_id, name from list order by list_id`),
    await db.tuples(sql`
      select contact_id, list_id, opt_in_at, opt_in_source from membership order by contact_id, list_id`),
    await db.tuples(sql`select next_id from id_block where name = 'contact'`),
  ]
}

test('contacts are taken in the same one by one and together, on every engine', async () => {
  const ways: [server: TestServer, isRemote: boolean][] = []
  for (const engine of engines) {
    for (const isRemote of [false, true]) ways.push([await startTestServer({}, engine), isRemote])
  }
  await fc.assert(
    fc.asyncProperty(someBatches, async (batches) => {
      for (const [{ app }] of ways) {
        await app.db.transaction(async (tx) => {
          for (const table of [sql`membership`, sql`contact_email`, sql`contact`, sql`list`, sql`id_block`])
            await tx.run(sql`delete from ${table}`)
        })
      }
      for (const batch of batches) {
        const answers = await Promise.all(ways.map(([server, isRemote]) => importInto(server, isRemote, batch)))
        for (const answer of answers) assert.deepEqual(answer, answers[0])
      }
      const found = await Promise.all(ways.map(([server]) => contents(server)))
      for (const content of found) assert.deepEqual(content, found[0])
    }),
    { numRuns: 60 },
  )
  for (const [server] of ways) await server[Symbol.asyncDispose]()
})
