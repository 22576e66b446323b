// Three servers on one PostgreSQL: started at once on nothing, at work together, and one of them killed.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { createPostgresDatabase, testOnPostgres } from '../databases.ts'
import { demo, run, serve, temporaryFolder } from '../program.ts'
import { base, create, finish, noAnswers, rounds, submit } from './load.ts'

type Started = Awaited<ReturnType<typeof serve>>

async function startThree(
  stack: AsyncDisposableStack,
): Promise<{ servers: Started[]; folder: string; flags: string[] }> {
  const { folder } = stack.use(await temporaryFolder())
  const database = stack.use(await createPostgresDatabase('empty'))
  const flags = ['--database', database.url]
  // Each finds an empty database, makes the tables and the demo, or waits for who does.
  const startOne = async () => stack.use(await serve(folder, '--demo', ...flags))
  const started = await Promise.allSettled([startOne(), startOne(), startOne()])
  const servers = started.map((result) => (result.status === 'fulfilled' ? result.value : assert.fail(result.reason)))
  for (const { child } of servers) child.stderr!.resume()
  return { servers, folder, flags }
}

testOnPostgres('three servers on one store are one: ids, activities, keys and what they answer', async () => {
  await using stack = new AsyncDisposableStack()
  const { servers, folder, flags } = await startThree(stack)
  const [first] = servers as [Started]
  const answers = noAnswers()

  await Promise.all(Array.from({ length: 30 }, (_, n) => create(servers[n % 3]!, answers, `p${n}@example.com`)))
  assert.equal(new Set(answers.created.values()).size, 30)
  await Promise.all(servers.map((server) => create(server, answers, 'same@example.com')))
  assert.deepEqual([answers.created.size, [...answers.found]], [31, ['same@example.com']])

  // What one has changed the others answer at once, also to a question they have just answered.
  const path = `${base}/contacts/${answers.created.get('same@example.com')}`
  const statuses = (): Promise<string[]> =>
    Promise.all(
      servers.map(async ({ url }) => {
        const text = await (await fetch(url + path, { headers: demo })).text()
        return /<Status>([^<]*)</.exec(text)![1]!
      }),
    )
  assert.deepEqual(await statuses(), ['Active', 'Active', 'Active'])
  assert.equal((await fetch(first.url + path, { method: 'DELETE', headers: demo })).status, 204)
  assert.deepEqual(await statuses(), ['Do Not Mail', 'Do Not Mail', 'Do Not Mail'])

  const made = await run(folder, 'key', 'create', '--key', 'other-key', '--json', ...flags)
  assert.equal(made.code, 0, made.err)
  const { id } = JSON.parse(made.out) as { id: number }
  const other = { authorization: `Basic ${Buffer.from('other-key%joesflowers:demo').toString('base64')}` }
  const shown = (): Promise<number[]> =>
    Promise.all(servers.map(async ({ url }) => (await fetch(`${url}${base}/lists`, { headers: other })).status))
  assert.deepEqual(await shown(), [200, 200, 200])
  assert.equal((await run(folder, 'key', 'revoke', String(id), ...flags)).code, 0)
  assert.deepEqual(await shown(), [401, 401, 401])
})

// The lease alone takes three seconds.
if (rounds > 1)
  testOnPostgres('an activity whose server is killed is taken over by another', async () => {
    await using stack = new AsyncDisposableStack()
    const { servers } = await startThree(stack)
    const [first, second, third] = servers as [Started, Started, Started]
    const answers = noAnswers()
    // The first has the activity to itself until it is killed in the middle of it.
    for (const { child } of [second, third]) child.kill('SIGSTOP')
    const emails = Array.from({ length: 2500 }, (_, i) => `bulk${i}@example.com`)
    await submit(first, answers, emails)
    const [activity] = answers.activities as [string]
    for (;;) {
      const text = await (await fetch(first.url + activity, { headers: demo })).text()
      if (Number(/<TransactionCount>(\d+)</.exec(text)![1]) > 0) break
      await setTimeout(5)
    }
    first.child.kill('SIGKILL')
    for (const { child } of [second, third]) child.kill('SIGCONT')
    const text = await (await fetch(second.url + activity, { headers: demo })).text()
    assert.match(text, /<Status>RUNNING</, 'it was killed too late to prove anything')
    assert.deepEqual(await finish(third, answers, activity), { status: 'COMPLETE', count: emails.length })
  })
