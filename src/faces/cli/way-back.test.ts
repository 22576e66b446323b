// The doctor's probe: a message to nobody, by a real SMTP server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freePort } from '../../../test/read-metrics.ts'
import { startSmtpSink } from '../../../test/smtp-sink.ts'
import { tryWayBack } from './way-back.ts'

test('a server that takes the probe is well, one that refuses it or is not there is told with its words', async () => {
  await using sink = await startSmtpSink()
  const server = { host: '127.0.0.1', port: sink.port }
  const taken = await tryWayBack(server, 'bounce.example')
  assert.equal(taken.verdict, 'ok')
  assert.deepEqual(
    sink.messages.map(({ from, to }) => [from, to]),
    [['', 'none@bounce.example']],
  )
  sink.answers.rcpt = () => '550 5.7.1 relaying denied'
  const refused = await tryWayBack(server, 'bounce.example')
  assert.equal(refused.verdict, 'fail')
  assert.match(refused.detail, /relaying denied/)
  const nobody = await tryWayBack({ host: '127.0.0.1', port: await freePort() }, 'bounce.example')
  assert.equal(nobody.verdict, 'fail')
})
