// MJML compiled in a thread of its own: the same HTML, and nobody who waits for another's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { compileSource } from './compile-source.ts'
import { compileHere, compileInThread } from './mjml-compiler.ts'
import type { MjmlThread } from './mjml-compiler.ts'

const real = (): MjmlThread => new Worker(new URL('../../mjml-thread.ts', import.meta.url))
const text = (words: string): string => `<mj-section><mj-column><mj-text>${words}</mj-text></mj-column></mj-section>`
const mail = (inside: string): string => `<mjml><mj-body>${inside}</mj-body></mjml>`

test('MJML becomes the same in the other thread, with its warnings and its faults', async () => {
  await using compiler = compileInThread(real)
  for (const source of [
    mail(text('Hi {{ name }}')),
    mail('<mj-rose />'),
    '<mjml></mjml>',
    'none',
    '<mj-include path="/etc/passwd" />',
    'x'.repeat(500_001),
  ])
    // oxfmt-ignore
    assert.deepEqual(await compiler.compile(source), await compileHere.compile(source), source.slice(0, 40))
})

test('while long MJML is compiled this thread goes on', async () => {
  await using compiler = compileInThread(real)
  // The compiler is there.
  await compiler.compile(mail(text('x')))
  let isDone = false
  let turns = 0
  const compiled = compiler.compile(mail(text('Roses are here').repeat(500))).then((result) => {
    isDone = true
    return result
  })
  while (!isDone) {
    turns++
    await setTimeout(1)
  }
  assert.ok((await compiled).html!.includes('Roses are here'))
  assert.ok(turns > 3, `${turns} turns`)
})

test('MJML that never comes to an end, or ends the thread, is refused in words, and the next is compiled', async () => {
  const code = `
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (source) => {
      if (source === 'loop') for (;;);
      if (source === 'exit') process.exit(1)
      parentPort.postMessage({ html: source, warnings: [] })
    })`
  await using compiler = compileInThread(() => new Worker(code, { eval: true }), 500)
  const results = await Promise.allSettled(['a', 'loop', 'b', 'exit', 'c'].map((source) => compileSource(source, compiler))) // oxfmt-ignore
  const told = results.map((result) => result.status === 'fulfilled' ? result.value.html : (result.reason as Error).message) // oxfmt-ignore
  const refused = 'it takes too long, or too much memory, to compile'
  assert.deepEqual(told, ['a', refused, 'b', refused, 'c'])
})

test('more than twenty that wait are asked to come again', async () => {
  const answer = `require('node:worker_threads').parentPort.on('message', (source) => setTimeout(() => require('node:worker_threads').parentPort.postMessage({ html: source, warnings: [] }), 5))` // oxfmt-ignore
  await using compiler = compileInThread(() => new Worker(answer, { eval: true }))
  const results = await Promise.allSettled(Array.from({ length: 25 }, (_, i) => compiler.compile(String(i))))
  assert.deepEqual(results.map(({ status }) => status).filter((status) => status === 'rejected').length, 5)
  assert.deepEqual(await compiler.compile('again'), { html: 'again', warnings: [] })
})
