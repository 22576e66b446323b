// Bounces as servers wrote them, and mails written after the formats of many more: what each must be read as.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { splitMbox } from './mbox.ts'
import { parseReport } from './parse-report.ts'
import type { Letter, ReportedRecipient, ReportKind, Severity } from './report.ts'

const folder = new URL('../../../testdata/bounces/', import.meta.url)

interface Sample {
  file: string
  kind: 'bounce' | 'arf' | 'autoreply' | 'delivered-dsn' | 'not-a-bounce'
  sisimai?: { status: string; replycode: string; reason: string; hard: boolean; feedbackType?: string }[]
  proposedCode?: (Letter | null)[]
}

const kinds: Record<Sample['kind'], ReportKind[]> = {
  bounce: ['bounce', 'delayed'],
  arf: ['complaint', 'optout'],
  autoreply: ['autoreply'],
  'delivered-dsn': ['delivered'],
  'not-a-bounce': ['none'],
}

/**
 * Letters that may stand for each of sisimai's reasons. `filtered` is its word for "refused, maybe by a filter", also
 * where the server said that there is no such user.
 */
const lettersByReason: Record<string, readonly (Letter | null)[]> = {
  userunknown: ['B'],
  hasmoved: ['B'],
  suspend: ['B'],
  hostunknown: ['D'],
  notaccept: ['D'],
  networkerror: ['D'],
  expired: ['D'],
  systemfull: ['D'],
  mailboxfull: ['F'],
  rejected: ['Z'],
  norelaying: ['Z'],
  securityerror: ['Z'],
  authfailure: ['Z'],
  requireptr: ['Z'],
  badreputation: ['Z'],
  notcompliantrfc: ['Z'],
  speeding: ['Z'],
  toomanyconn: ['Z'],
  mesgtoobig: ['Z'],
  exceedlimit: ['Z'],
  filtered: ['B', 'Z'],
  mailererror: ['X'],
  systemerror: ['D', 'Z'],
  onhold: ['X'],
  undefined: ['X'],
  vacation: ['V'],
  delivered: [null],
  feedback: [null],
}

/**
 * Where we say `hard` and sisimai does not. It calls hard only what has the reasons userunknown, hostunknown, hasmoved
 * and notaccept; we also give up an address whose account the server calls closed (`suspend`), or of which the server
 * says that there is no such user (`filtered`, with these words).
 */
const harderReasons = new Set(['suspend', 'filtered'])

async function parseFile(path: string): Promise<ReportedRecipient[]> {
  const recipients: ReportedRecipient[] = []
  for (const mail of splitMbox(await readFile(new URL(path, folder))))
    recipients.push(...(await parseReport(mail)).recipients)
  return recipients
}

test('each of the 52 samples is read as its manifest says', async (t) => {
  const samples = JSON.parse(await readFile(new URL('sisimai/manifest.json', folder), 'utf8')) as Sample[]
  assert.equal(samples.length, 52)
  const rates = { recipients: 0, found: 0, letters: 0, lettersRight: 0, bounces: 0, severityAgrees: 0 }
  for (const { file, kind, sisimai = [], proposedCode = [] } of samples) {
    const parsed = await parseFile(`sisimai/${file}`)
    assert.equal(parsed.length, Math.max(sisimai.length, 1), file)
    for (const [i, { kind: found, letter, severity, recipient, status }] of parsed.entries()) {
      assert.ok(kinds[kind].includes(found), `${file}: ${found}`)
      const theirs = sisimai[i]
      if (!theirs) continue
      const about = `${file}: ${theirs.reason} read as ${letter} ${severity}`
      assert.ok(lettersByReason[theirs.reason]!.includes(letter), about)
      // Its own pseudo codes end in 9xx; where no code stands in the mail we say none.
      if (/^\d\.\d\.(?!9\d\d)/.test(theirs.status)) assert.equal(status?.slice(0, 1), theirs.status.slice(0, 1), about)
      rates.recipients++
      rates.found += Number(recipient !== null)
      if (proposedCode[i] !== null) {
        rates.letters++
        rates.lettersRight += Number(proposedCode[i] === letter)
        assert.equal(letter, proposedCode[i], about)
      }
      if (kind !== 'bounce') continue
      rates.bounces++
      rates.severityAgrees += Number((severity === 'hard') === theirs.hard)
      if (!harderReasons.has(theirs.reason)) assert.equal(severity === 'hard', theirs.hard, about)
      if (theirs.hard) assert.equal(severity, 'hard', about)
    }
  }
  t.diagnostic(JSON.stringify(rates))
  // The two that are missing are redacted by the provider.
  assert.equal(rates.recipients - rates.found, 2)
})

test('each mail written after the format of a server, or that is no bounce, is read as it is meant', async (t) => {
  const expected = JSON.parse(await readFile(new URL('written/expected.json', folder), 'utf8')) as Record<
    string,
    { recipient: string | null; kind: ReportKind; letter: Letter | null; severity: Severity | null }[]
  >
  const names = Object.keys(expected)
  for (const name of names) {
    const parsed = (await parseFile(`written/${name}.eml`)).map(({ recipient, kind, letter, severity }) => ({
      recipient,
      kind,
      letter,
      severity,
    }))
    assert.deepEqual(parsed, expected[name], name)
  }
  t.diagnostic(`${names.length} mails`)
})
