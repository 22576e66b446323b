// What servers say and what it means: letter and severity of live replies and of the texts in bounces.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { classifyReply } from './classify-reply.ts'

/** Replies as servers give them, and what they must be judged as: letter, severity, tab, text. */
const replies = readFileSync(new URL('../../../testdata/bounces/replies.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t') as [verdict: string, text: string])

for (const letter of ['B', 'D', 'F', 'X', 'Z'])
  test(`replies of the letter ${letter} are judged so, with their severity`, () => {
    for (const [verdict, text] of replies.filter(([wanted]) => wanted.startsWith(letter))) {
      const judged = classifyReply({ text })
      assert.equal(`${judged.letter} ${judged.severity}`, verdict, text)
    }
  })

test('codes given apart are as good as codes in the text', () => {
  const verdict = (reply: Parameters<typeof classifyReply>[0]): string => {
    const { letter, severity } = classifyReply(reply)
    return `${letter} ${severity}`
  }
  assert.equal(verdict({ text: '', code: 550, status: '5.1.1' }), 'B hard')
  assert.equal(verdict({ text: '', code: 552, status: '5.2.2' }), 'F soft')
  assert.equal(verdict({ text: 'no', code: 550, status: '5.2.1' }), 'B hard')
  assert.equal(verdict({ text: 'no', code: 450, status: '4.2.1' }), 'D soft')
  assert.equal(verdict({ text: '', status: '5.1.2' }), 'D hard')
  assert.equal(verdict({ text: '', status: '4.4.7' }), 'D soft')
  assert.equal(verdict({ text: '', status: '5.7.1' }), 'Z soft')
  assert.equal(verdict({ text: '', status: '5.6.0' }), 'Z soft')
  assert.equal(verdict({ text: '', code: 551 }), 'B hard')
  assert.equal(verdict({ text: '', code: 554, stage: 'data' }), 'Z soft')
  assert.equal(verdict({ text: '', code: 550 }), 'X soft')
  assert.equal(verdict({ text: '', code: 421 }), 'D soft')
  assert.equal(verdict({ text: '' }), 'X soft')
})

test('a server that took the recipient and says "unknown user" of the message has a filter', () => {
  assert.equal(classifyReply({ text: '550 Unknown user ann@example.jp', stage: 'rcpt' }).letter, 'B')
  assert.equal(classifyReply({ text: '550 Unknown user ann@example.jp', stage: 'data' }).letter, 'Z')
  assert.equal(classifyReply({ text: '550 Unknown user a@b (in reply to end of DATA command)' }).severity, 'soft')
})

test('nothing follows from a reply while the message is tried again', () => {
  assert.deepEqual(classifyReply({ text: '452 4.2.2 mailbox full', isRetried: true }), {
    letter: 'F',
    severity: 'none',
    by: 'words',
  })
})

test('words in addresses and host names do not count', () => {
  for (const text of [
    '550 5.1.1 <spam@blocked.example>: no such user',
    '550 5.1.1 <quota-exceeded@dest.example> user unknown',
    'host mx.policy.blocked.example [192.0.2.1]: 550 5.1.1 user unknown',
    'host anti-spam.mx.example[192.0.2.1] said: 550 5.1.1 user unknown',
  ])
    assert.equal(classifyReply({ text }).letter, 'B', text)
})
