import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Courtesy } from './courtesy.ts'

test('while much is computed piece by piece, others have their turn, and every piece gives what it is', async () => {
  let turns = 0
  let isOver = false
  const others = (): void => {
    turns++
    if (!isOver) setImmediate(others)
  }
  setImmediate(others)
  const courtesy = new Courtesy()
  const results: number[] = []
  for (let i = 0; i < 10; i++)
    results.push(
      await courtesy.work(() => {
        for (const until = performance.now() + 6; performance.now() < until;);
        return Promise.resolve(i)
      }),
    )
  isOver = true
  assert.deepEqual(results, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.ok(turns >= 9, `${turns} turns`)
})
