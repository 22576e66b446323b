// Opting out and in again on the 2008 wire, and what stays suppressed (wire-2008 2.5, 2.6).

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { startMailed } from '../../../test/mailed.ts'
import type { Mailed } from '../../../test/mailed.ts'
import { base } from '../../../test/server.ts'
import { addSuppression } from '../../core/suppressions/suppression.ts'

async function optIn(server: Mailed, by: string): Promise<number> {
  const body = `<entry xmlns="http://www.w3.org/2005/Atom"><id>data:,none</id><content type="application/vnd.ctct+xml">
    <Contact xmlns="http://ws.constantcontact.com/ns/1.0/"><EmailAddress>jflowers@mail.com</EmailAddress><OptInSource>${by}</OptInSource>
    <ContactLists><ContactList id="http://api.test${base}/lists/2"/></ContactLists></Contact></content></entry>`
  const headers = { 'content-type': 'application/atom+xml' }
  return (await server.get(`${base}/contacts/32`, { method: 'PUT', headers, body })).status
}

testOnEach('DELETE keeps mail from the address too, and the contact itself may take that back', async () => {
  await using server = await startMailed()
  for (let i = 0; i < 2; i++) assert.equal((await server.get(`${base}/contacts/32`, { method: 'DELETE' })).status, 204)
  const { status, suppression, events } = await server.state()
  assert.deepEqual([status, suppression, events], ['do-not-mail', 'optout', []])
  assert.equal(await optIn(server, 'ACTION_BY_CUSTOMER'), 403)
  assert.equal((await server.state()).suppression, 'optout')
  assert.equal(await optIn(server, 'ACTION_BY_CONTACT'), 204)
  const after = await server.state()
  assert.deepEqual([after.status, after.suppression, after.lists], ['active', undefined, [2]])
})

testOnEach('nobody opts in over a complaint, a bounce or an erasure', async () => {
  await using server = await startMailed()
  for (const reason of ['bounce', 'complaint', 'erased'] as const) {
    await server.get(`${base}/contacts/32`, { method: 'DELETE' })
    await server.app.db.transaction((tx) =>
      addSuppression(tx, server.accountId, { email: 'jflowers@mail.com', reason, source: 'operator' }, 1),
    )
    await optIn(server, 'ACTION_BY_CONTACT')
    assert.equal((await server.state()).suppression, reason)
  }
})
