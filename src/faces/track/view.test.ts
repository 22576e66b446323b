// The mail in the browser: what its sender wrote, in a page that can do nothing.

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { startMailed } from '../../../test/mailed.ts'
import { sql } from '../../db/sql.ts'

testOnEach('the mail is shown as its sender wrote it, kept by nobody, and can run nothing', async () => {
  await using server = await startMailed()
  const answer = await server.ask(server.path('view'))
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), '<p>Hello & <b>welcome</b></p>')
  const policy = answer.headers.get('content-security-policy')!
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /; sandbox allow-popups/)
  assert.doesNotMatch(policy, /allow-scripts|allow-same-origin|allow-forms|script-src/)
  assert.match(answer.headers.get('x-robots-tag')!, /noindex/)
  assert.match(answer.headers.get('cache-control')!, /no-store/)
  assert.deepEqual((await server.state()).hits, [4])
  assert.deepEqual((await server.state()).events, [])
})

testOnEach('a mail of text alone is shown as text', async () => {
  await using server = await startMailed()
  await importLines(server, [{ type: 'campaign', id: 1101, name: 'Text', text: 'a < b & c <script>' }])
  const page = await (await server.ask(server.path('view', { campaignId: 1101 }))).text()
  assert.match(page, /a &lt; b &amp; c &lt;script&gt;/)
})

testOnEach(
  'a bad token, a deleted mail, one of another account or with nothing in it is no page, and leaves nothing',
  async () => {
    await using server = await startMailed()
    await importLines(server, [{ type: 'campaign', id: 1101, name: 'Empty' }])
    const paths = ['/v/', '/v/x', `/v/${server.token('open')}`, server.path('view', { accountId: server.accountId + 1 }),
    server.path('view', { campaignId: 1101 }), server.path('view', { campaignId: 7 })] // oxfmt-ignore
    for (const path of paths) assert.equal((await server.ask(path)).status, 404, path)
    for (const method of ['POST', 'PUT', 'DELETE'])
      assert.equal((await server.ask(server.path('view'), method)).status, 405)
    assert.equal((await server.ask(server.path('view'), 'OPTIONS')).status, 204)
    await server.app.db.transaction((tx) =>
      tx.run(sql`update campaign set status = 'deleted' where campaign_id = 1100`),
    )
    assert.equal((await server.ask(server.path('view'))).status, 404)
    assert.deepEqual((await server.state()).hits, [])
  },
)
