// Clicks and opens on the real program over real sockets, while it is killed, starved and lied to.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { limitedFiles } from './faults/small-disk.ts'
import { count, examine, hitPath, newStorm, sendHits, untilDrained } from './hit-storm.ts'
import { serve, temporaryFolder } from './program.ts'
import { freePort, metricsOf } from './read-metrics.ts'

for (const workers of [1, 2])
  test(`a kill in a storm of clicks and opens loses and doubles none that was answered (${workers} serving)`, async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    const flags = ['--workers', String(workers)]
    const storm = newStorm()
    {
      await using server = await serve(folder, '--demo', ...flags)
      server.child.stderr!.resume()
      const all = sendHits(
        storm,
        () => server.url,
        hitPath(folder),
        count(1, 6000, () => server.child.killed),
      )
      while (storm.answered.size < 1500) await setTimeout(1)
      server.child.kill('SIGKILL')
      await all
    }
    assert.ok(storm.answered.size < 6000, 'it was killed too late to prove anything')
    await using server = await serve(folder, '--demo', ...flags)
    server.child.stderr!.resume()
    await sendHits(storm, () => server.url, hitPath(folder), count(6001, 7500))
    await untilDrained(folder)
    examine(storm, folder)
    assert.ok(storm.answered.size >= 3000)
  })

test('connections that never finish their request, or whose headers are too large, stop no click', async () => {
  await using temporary = await temporaryFolder()
  await using server = await serve(temporary.folder, '--demo')
  const port = Number(new URL(server.url).port)
  const slow: Socket[] = []
  for (let i = 0; i < 300; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    slow.push(socket)
    await once(socket, 'connect')
    socket.write(i % 3 === 0 ? 'GET /c/' : `GET /o/x.gif HTTP/1.1\r\nHost: x\r\nX-${i}: `)
  }
  const trickle = setInterval(() => slow.forEach((socket) => socket.write('a')), 50)
  for (let i = 0; i < 50; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET /o/x.gif HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}`)
    slow.push(socket)
  }
  const storm = newStorm()
  await sendHits(storm, () => server.url, hitPath(temporary.folder), count(1, 2000))
  clearInterval(trickle)
  for (const socket of slow) socket.destroy()
  assert.equal(storm.answered.size, 2000)
  examine(storm, temporary.folder)
})

test('with a full disk under store and spool every hit is answered, and what is lost is counted and said', async () => {
  await using disk = await limitedFiles()
  const port = await freePort()
  await using server = await serve(disk.folder, '--demo', '--metrics', `127.0.0.1:${port}`)
  let log = ''
  server.child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const pathOf = hitPath(disk.folder)
  const kept = newStorm()
  await sendHits(kept, () => server.url, pathOf, count(1, 100))
  await disk.fill([server.child.pid!])
  const during = newStorm()
  await sendHits(during, () => server.url, pathOf, count(101, 600))
  assert.deepEqual([during.answered.size, during.odd], [500, []])
  const read = await metricsOf(`http://127.0.0.1:${port}/metrics`)
  assert.equal(read.get('contrail_hits_total{outcome="lost"}'), 500)
  assert.match(log, /"level":50.*hits lost: no store and no spool/)
  await disk.free([server.child.pid!])
  // For a while after a failure hits go to the spool; they are in the store in the end.
  await sendHits(kept, () => server.url, pathOf, count(601, 700))
  await untilDrained(disk.folder)
  assert.equal(kept.answered.size, 200)
  examine(kept, disk.folder)
})
