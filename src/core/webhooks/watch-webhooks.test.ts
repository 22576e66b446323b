import assert from 'node:assert/strict'
import { testOnEach as test } from '../../../test/databases.ts'
import { settled, startDeliveries, startReceiver } from '../../../test/webhook-receiver.ts'
import { watchWebhooks } from './watch-webhooks.ts'
import { disableWebhook } from './webhook.ts'

test('who watches the server sees what was accepted, what fails, how far behind webhooks are and which are disabled', async () => {
  await using receiver = await startReceiver()
  await using server = await startDeliveries(receiver.url)
  const { app, accountId, clock } = server
  const counts = { accepted: 0, failed: 0, dropped: 0, disabled: 0 }
  const nothing = { active: 0, failing: 0, disabled: 0, waiting: 0, oldestUntriedAt: undefined }
  assert.deepEqual(await watchWebhooks(app.db), nothing)
  const { endpointId } = await server.webhook()
  await server.click(2)
  const recordedAt = clock.now
  assert.deepEqual(await watchWebhooks(app.db), { ...nothing, active: 1, oldestUntriedAt: recordedAt })
  await server.after(settled, { counts })
  assert.deepEqual(await watchWebhooks(app.db), { ...nothing, active: 1 })
  assert.deepEqual(counts, { accepted: 2, failed: 0, dropped: 0, disabled: 0 })
  receiver.answer = () => ({ status: 500 })
  await server.click(3)
  await server.after(settled, { counts })
  assert.deepEqual(await watchWebhooks(app.db), { ...nothing, active: 1, failing: 1, waiting: 3 })
  assert.equal(counts.failed, 3)
  receiver.answer = () => ({ status: 410 })
  await server.after(10_000, { counts })
  assert.equal(counts.disabled, 1)
  await app.db.transaction((tx) => disableWebhook(tx, accountId, endpointId, 'by hand'))
  assert.deepEqual(await watchWebhooks(app.db), { ...nothing, disabled: 1 })
})
