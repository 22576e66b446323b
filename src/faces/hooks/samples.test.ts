// What public test suites of others have for payloads, and what becomes of each: testdata/hooks/expected.txt, a line an event.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { HookEvent, HookProviderName } from '../../core/inbox/hook-event.ts'
import { hookProviders } from './providers.ts'

const folder = join(import.meta.dirname, '../../../testdata/hooks')

test('every sample of every provider is read as it says', () => {
  const expected = readFileSync(join(folder, 'expected.txt'), 'utf8').trimEnd().split('\n')
  const lines = listSamples().flatMap(({ provider, file }) => {
    const { events, problems } = hookProviders[provider].parse(readFileSync(join(folder, file)))
    assert.deepEqual(problems, [], file)
    return events.map((event) => `${file} ${summary(event)}`)
  })
  assert.ok(lines.length > 70)
  assert.deepEqual(lines, expected)
})

test('no two events of the samples have one key, but for those that are twice in them', () => {
  const keys = new Map<string, string>()
  for (const { provider, file } of listSamples()) {
    for (const event of hookProviders[provider].parse(readFileSync(join(folder, file))).events) {
      const said = JSON.stringify([provider, event.rawType, event.providerMessageId, event.recipient, event.at])
      const name = `${provider} ${event.dedupeKey}`
      assert.equal(keys.get(name) ?? said, said, file)
      keys.set(name, said)
    }
  }
})

function listSamples(): { provider: HookProviderName; file: string }[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => /^[\w-]+\/(symfony|anymail|openapi)\/.*\.json$/.test(file))
    .toSorted()
    .map((file) => ({ provider: file.split('/')[0]!.replace('ses-sns', 'ses') as HookProviderName, file }))
}

function summary(event: HookEvent): string {
  const { kind, recipient, at, effect, letter, severity, smtpCode, status, url, messageId, sendId, campaign } = event
  const time = at === undefined ? '-' : new Date(at).toISOString()
  const fields = [kind, recipient, time, effect, letter, severity, smtpCode, status, url, messageId, sendId, campaign]
  return fields.map((field) => (field === undefined ? '-' : String(field).replaceAll(' ', '_'))).join(' ')
}
