// Old clients call https, while all ids say http (rule 6): through a proxy that ends TLS, both kinds of client find their way.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectStatus, findContact, readAll } from './old-client.ts'
import { collections, email, startWithHistory } from './start.ts'
import { styles } from './styles.ts'
import { startTlsProxy } from './tls-proxy.ts'

test('behind a proxy that ends TLS, ids name the public host with http, and every style reads and writes over https', async () => {
  await using server = await startWithHistory({ publicHost: 'mail.example.com', atomOptoutElement: 'both' })
  await using proxy = await startTlsProxy(server.port)
  const network = { origin: 'https://mail.example.com', dial: proxy.dial }
  for (const [i, [name, style]] of Object.entries(styles).entries()) {
    const client = style(network)
    const found = (await findContact(client, email))!
    assert.match(found.address, /^https:\/\/mail\.example\.com\/ws\/customers\/joesflowers\//, name)
    const { body } = expectStatus(await client.ask('GET', found.address), 200)
    assert.match(body, /<id>http:\/\/mail\.example\.com\/ws\/customers\/joesflowers\/contacts\/32<\/id>/)
    assert.equal((await readAll(client, `${found.address}/events/opens`)).length, collections.opens.count, name)
    const fields = { email: `n${i}@mail.com`, firstName: 'N', lists: [1], by: 'ACTION_BY_CUSTOMER' } as const
    const posted = await client.ask('POST', client.at('/contacts'), client.newEntry('Contact', client.contact(fields)))
    assert.match(expectStatus(posted, 201).headers.location!, /^http:\/\/mail\.example\.com\//)
    assert.ok(client.isDone(await client.ask('DELETE', client.readEntry(posted.body).address)), name)
  }
})
