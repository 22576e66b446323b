// Signatures by the published vector, and secrets that are none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyWebhook } from '../../../sdk/src/webhooks.ts'
import { checkWebhookSecret, newWebhookSecret, signWebhook } from './sign.ts'

test('the vector of Standard Webhooks is signed as it says', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  assert.equal(
    signWebhook([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}'),
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

test('a secret that is made up signs what its receiver can verify, also beside another', async () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()]
  const headers = { 'webhook-id': 'a', 'webhook-timestamp': '1000', 'webhook-signature': signWebhook(secrets, 'a', 1000, '{"ü":1}') } // oxfmt-ignore
  for (const secret of secrets) {
    assert.equal(checkWebhookSecret(secret), secret)
    await verifyWebhook({ headers, body: '{"ü":1}' }, { secret, now: 1_000_000 })
  }
})

test('what is no secret is refused', () => {
  const ofBytes = (count: number): string => `whsec_${Buffer.alloc(count).toString('base64')}`
  for (const bytes of [24, 64]) checkWebhookSecret(ofBytes(bytes))
  for (const bad of [
    '',
    'whsec_',
    ofBytes(23),
    ofBytes(65),
    ofBytes(32).slice(6),
    `${ofBytes(32)}!`,
    ofBytes(32).replace('whsec', 'whsk'),
  ])
    // oxfmt-ignore
    assert.throws(() => checkWebhookSecret(bad), /whsec_ and 24 to 64 bytes/, bad)
})
