// What a golden history has that no import takes in: requests to the wire, with the jobs they leave behind, and senders.

import assert from 'node:assert/strict'
import { addSender } from '../src/core/senders/sender.ts'
import { runDueJobs } from './run-jobs.ts'
import type { TestServer } from './server.ts'

export type Step =
  | { type: 'sender'; email: string }
  | { type: 'request'; method: string; path: string; contentType: string; body: string }

export function isStep(type: string): boolean {
  return type === 'sender' || type === 'request'
}

/** Takes the step, and gives the path of what it created; empty when that has none. */
export async function takeStep(server: TestServer, step: Step): Promise<string> {
  if (step.type === 'sender') {
    await addSender(server.app.db, server.accountId, step.email, server.clock.now)
    return ''
  }
  const { method, path, contentType, body } = step
  const response = await server.get(path, { method, body, headers: { 'content-type': contentType } })
  assert.ok(response.ok, await response.text())
  await runDueJobs(server.app)
  const location = response.headers.get('location')
  return location === null ? '' : new URL(location).pathname
}
