import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { testOnEach as test } from '../../../test/databases.ts'
import { gzipSync } from 'node:zlib'
import { startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { findContactByEmail, listContacts } from '../contacts/contact.ts'
import { listHistory } from '../events/history.ts'
import { listMemberships } from '../lists/membership.ts'
import { importFile } from './import-file.ts'
import type { ImportOptions, ImportResult } from './import-file.ts'

interface Reject {
  file: string
  line: number
  column: number
  reason: string
  text: string
}

async function importContent(
  server: TestServer,
  content: string | Buffer,
  options: Partial<ImportOptions> = {},
): Promise<ImportResult & { rejects: Reject[] }> {
  const file = join(server.dataDir, 'input')
  const rejectsPath = join(server.dataDir, 'rejects')
  writeFileSync(file, content)
  const result = await importFile(server.app.db, server.accountId, {
    file,
    stdin: Readable.from([]),
    rejectsPath,
    now: server.app.now,
    ...options,
  })
  let rejects: Reject[] = []
  try {
    rejects = readFileSync(rejectsPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Reject)
  } catch {
    // No rejects, no file.
  }
  return { ...result, rejects }
}

const sum = ({ counts }: ImportResult) => {
  const total = { read: 0, new: 0, updated: 0, same: 0, rejected: 0 }
  for (const row of Object.values(counts))
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += row[key]
  return total
}
const ndjson = (...lines: object[]): string => lines.map((line) => JSON.stringify(line) + '\n').join('')

const history = ndjson(
  { type: 'campaign', id: 1100537019381, name: 'October Specials', date: '2008-10-03T16:50:04.534Z' },
  { type: 'contact', id: 32, email: 'JFlowers@mail.com', lists: ['General Interest'] },
  { type: 'event', kind: 'send', contact: 32, campaign: 1100537019381, at: '2008-10-03T16:50:04.534Z' },
  {
    type: 'event',
    kind: 'click',
    email: 'jflowers@MAIL.com',
    campaign: 1100537019381,
    at: '2008-10-03T14:39:02.910-04:00',
    url: 'http://www.boston.com',
  },
)

test('a history is stored, and importing it again changes nothing and says so', async () => {
  await using server = await startTestServer()
  assert.deepEqual(sum(await importContent(server, history)), { read: 4, new: 4, updated: 0, same: 0, rejected: 0 })
  assert.deepEqual(sum(await importContent(server, history)), { read: 4, new: 0, updated: 0, same: 4, rejected: 0 })
  const { events } = await listHistory(server.app.db, server.accountId, { contactId: 32, limit: 10 })
  assert.deepEqual(
    events.map(({ kind, at, url }) => [kind, new Date(at).toISOString(), url]),
    [
      ['click', '2008-10-03T18:39:02.910Z', 'http://www.boston.com'],
      ['send', '2008-10-03T16:50:04.534Z', undefined],
    ],
  )
})

test('gzip, a byte order mark, CRLF, blank lines and a missing last line end make no difference', async () => {
  await using server = await startTestServer()
  const odd = '\uFEFF' + history.trimEnd().replaceAll('\n', '\r\n\r\n')
  assert.deepEqual(sum(await importContent(server, gzipSync(odd))), {
    read: 4,
    new: 4,
    updated: 0,
    same: 0,
    rejected: 0,
  })
})

test('events may stand before the contacts and campaigns they name', async () => {
  await using server = await startTestServer()
  const reversed = history.trim().split('\n').toReversed().join('\n')
  assert.equal(sum(await importContent(server, reversed)).new, 4)
})

test('each bad line is reported with line, column and reason, and stops no other', async () => {
  await using server = await startTestServer()
  const bad: [line: string, column: number, reason: RegExp][] = [
    ['{"type":"contact","email":"a@example.com"', 42, /^not JSON/],
    ['{"type":"contact","email":"nonsense"}', 19, /has no @/],
    ['{"type":"contact","email":"a@example.com","fristName":"Joe"}', 43, /"fristName" is no field/],
    ['{"type":"kontakt","email":"a@example.com"}', 2, /must be contact, campaign, list or event/],
    ['[1,2]', 1, /./],
    [
      '{"type":"event","kind":"clack","contact":32,"campaign":1100537019381,"at":"2008-10-03T16:50:04Z"}',
      17,
      /^"kind"/,
    ],
    [
      '{"type":"event","kind":"click","contact":99,"campaign":1100537019381,"at":"2008-10-03T16:50:04Z"}',
      32,
      /no contact 99/,
    ],
    [
      '{"type":"event","kind":"click","email":"x@example.com","campaign":1100537019381,"at":"2008-10-03T16:50:04Z"}',
      32,
      /no contact has the address x@example.com/,
    ],
    ['{"type":"event","kind":"click","contact":32,"campaign":7,"at":"2008-10-03T16:50:04Z"}', 45, /no campaign 7/],
    ['{"type":"event","kind":"click","contact":32,"campaign":1100537019381,"at":"2008-02-30T16:50:04Z"}', 70, /^"at"/],
    ['{"type":"event","kind":"click","contact":32,"campaign":1100537019381,"at":"2008-10-03"}', 70, /^"at"/],
    [
      '{"type":"event","kind":"click","contact":32,"campaign":1100537019381,"at":"1999-10-03T16:50:04Z"}',
      70,
      /before the year 2000/,
    ],
    [
      '{"type":"event","kind":"click","contact":32,"campaign":1100537019381,"at":"2108-10-03T16:50:04Z"}',
      70,
      /more than a day ahead/,
    ],
    [
      '{"type":"event","kind":"click","campaign":1100537019381,"at":"2008-10-03T16:50:04Z"}',
      1,
      /either "contact" or "email"/,
    ],
    ['{"type":"contact","id":32,"email":"other@example.com"}', 1, /contact id 32 is taken/],
    ['{"type":"contact","id":33,"email":"jflowers@mail.com"}', 1, /belongs to contact 32/],
    ['{"type":"contact","id":9007199254740993,"email":"big@example.com"}', 19, /^"id"/],
    ['\xff', 1, /^not UTF-8/],
  ]
  const lines = bad.flatMap(([line]) => [Buffer.from(line, line === '\xff' ? 'latin1' : 'utf8'), Buffer.from('\n')])
  const result = await importContent(
    server,
    Buffer.concat([Buffer.from(history), ...lines, Buffer.from('{"type":"contact","email":"last@example.com"}\n')]),
  )
  assert.equal(sum(result).new, 5)
  assert.equal(result.rejects.length, bad.length)
  result.rejects
    .toSorted((a, b) => a.line - b.line)
    .forEach((reject, i) => {
      const [line, column, reason] = bad[i]!
      assert.match(reject.reason, reason)
      assert.deepEqual([reject.line, reject.column], [5 + i, column], line)
    })
})

test('a line longer than the limit is refused without being kept', async () => {
  await using server = await startTestServer()
  const result = await importContent(server, `${'{"type":"contact","note":"'.padEnd(9_000_000, 'x')}"}\n${history}`)
  assert.deepEqual([sum(result).new, sum(result).rejected], [4, 1])
  assert.match(result.rejects[0]!.reason, /longer than/)
  assert.equal(result.rejects[0]!.text.length, 200)
})

test('strict stores what stands before the first bad line and nothing behind it', async () => {
  await using server = await startTestServer()
  const unknown = '{"type":"event","kind":"click","contact":99,"campaign":1100537019381,"at":"2008-10-03T16:50:04Z"}\n'
  const result = await importContent(server, history + unknown + '{"type":"contact","email":"late@example.com"}\n', {
    isStrict: true,
  })
  assert.equal(result.isStopped, true)
  assert.deepEqual(sum(result), { read: 5, new: 4, updated: 0, same: 0, rejected: 1 })
  assert.equal(await findContactByEmail(server.app.db, server.accountId, 'late@example.com'), undefined)
})

test('a dry run judges as the real one would and stores nothing', async () => {
  await using server = await startTestServer()
  const bad =
    '{"type":"event","kind":"click","email":"x@example.com","campaign":1100537019381,"at":"2008-10-03T16:50:04Z"}\n'
  const dry = await importContent(server, history + bad, { isDryRun: true })
  assert.deepEqual(sum(dry), { read: 5, new: 4, updated: 0, same: 0, rejected: 1 })
  assert.deepEqual(await listContacts(server.app.db, server.accountId, { limit: 5 }), [])
  await importContent(server, history)
  assert.deepEqual(sum(await importContent(server, history, { isDryRun: true })), {
    read: 4,
    new: 0,
    updated: 0,
    same: 4,
    rejected: 0,
  })
})

test('a compressed file that is cut off is an error, and what came through is kept', async () => {
  await using server = await startTestServer()
  const whole = gzipSync(
    history +
      ndjson(
        ...Array.from({ length: 2000 }, (_, i) => ({ type: 'contact', email: `c${i}.${Math.sin(i)}@example.com` })),
      ),
  )
  await assert.rejects(importContent(server, whole.subarray(0, whole.length - 5000)), /damaged or cut off/)
  assert.equal(sum(await importContent(server, whole)).rejected, 0)
})

test('a missing file is an error that names it', async () => {
  await using server = await startTestServer()
  await assert.rejects(importContent(server, '', { file: '/no/such/file' }), /can't read \/no\/such\/file: ENOENT/)
})

test('an empty file is nothing at all', async () => {
  await using server = await startTestServer()
  assert.equal(sum(await importContent(server, '')).read, 0)
})

test('a known contact takes what is given, keeps what is not, and stays Do Not Mail', async () => {
  await using server = await startTestServer()
  await importContent(
    server,
    ndjson({ type: 'contact', email: 'a@example.com', firstName: 'Ann', city: 'Oslo', status: 'do-not-mail' }),
  )
  const again = await importContent(
    server,
    ndjson({ type: 'contact', email: 'A@example.com', lastName: 'Berg', note: 'x', status: 'active', lists: ['New'] }),
  )
  assert.equal(sum(again).updated, 1)
  const contact = (await findContactByEmail(server.app.db, server.accountId, 'a@example.com'))!
  assert.deepEqual(
    [contact.firstName, contact.lastName, contact.status, contact.profile],
    ['Ann', 'Berg', 'do-not-mail', { city: 'Oslo', note: 'x' }],
  )
  assert.deepEqual(await listMemberships(server.app.db, server.accountId, contact.contactId), [])
})

test('ids that a history names are never given out again', async () => {
  await using server = await startTestServer()
  await importContent(
    server,
    ndjson(
      { type: 'contact', id: 2, email: 'two@example.com' },
      ...['a', 'b', 'c'].map((name) => ({ type: 'contact', email: `${name}@example.com` })),
    ),
  )
  const ids = (await listContacts(server.app.db, server.accountId, { limit: 9 })).map((contact) => contact.contactId)
  assert.deepEqual(ids, [5, 4, 3, 2])
})

test('contacts come from CSV with the names people use for columns, quotes and all', async () => {
  await using server = await startTestServer()
  const csv =
    '\uFEFFEmail Address, First Name,LAST NAME,Address Line 1,State/Province (US/Canada),Custom Field 1,Shoe size\r\n' +
    'Jo@Example.com,"Jo ""J"", Ann",Berg,"1 Main St\r\nFlat 2",MA,x,44\r\n' +
    ',,,,,,\r\nnonsense,A,B,,,,\r\nkim@example.com,Kim,,,,,\r\n\r\nmax@example.com\r\nlee@example.com,Lee,,,,,,,,extra\r\n'
  const ignored: string[] = []
  const result = await importContent(server, csv, { onIgnoredColumns: (columns) => ignored.push(...columns) })
  assert.deepEqual(ignored, ['Shoe size'])
  const jo = (await findContactByEmail(server.app.db, server.accountId, 'jo@example.com'))!
  assert.deepEqual(
    [jo.firstName, jo.lastName, jo.profile],
    ['Jo "J", Ann', 'Berg', { addr1: '1 Main St\r\nFlat 2', stateCode: 'MA', customField1: 'x' }],
  )
  assert.deepEqual(
    result.rejects.map(({ line, column, reason }) => [line, column, reason]),
    [
      [4, 1, '"email": Invalid input: expected string, received undefined'],
      [5, 1, 'the e-mail address has no @'],
      [9, 8, 'has 10 fields where the header has 7'],
    ],
  )
  assert.equal(sum(result).new, 3)
})

test('CSV columns are mapped by hand where their names say nothing', async () => {
  await using server = await startTestServer()
  const result = await importContent(server, 'Kontakt,x\n', { format: 'csv', map: new Map([['Kontakt', 'email']]) })
  assert.equal(sum(result).read, 0)
  await assert.rejects(importContent(server, 'a,b\n1,2\n'), /no column is the e-mail address/)
  await assert.rejects(importContent(server, 'email,mail\n1,2\n'), /two columns are the field "email"/)
  await assert.rejects(
    importContent(server, 'email\n', { map: new Map([['email', 'nonsense']]) }),
    /no contact has a field "nonsense"/,
  )
})

test('standard input is read to its end', async () => {
  await using server = await startTestServer()
  const chunks = Array.from(history, (letter) => Buffer.from(letter))
  assert.equal(sum(await importContent(server, '', { file: '-', stdin: Readable.from(chunks) })).new, 4)
})

test('a stray or unclosed quote in CSV costs its own line and no other, and is shown as it stood', async () => {
  await using server = await startTestServer()
  const rows = Array.from({ length: 400 }, (_, i) => `after${i}@example.com,A`)
  const csv = [
    'email,company',
    'a@example.com,6" Pipes',
    'b@example.com,The "Best" "One" Inc',
    'c@example.com,"never closed',
    ...rows,
  ].join('\n')
  const result = await importContent(server, csv)
  assert.deepEqual([sum(result).new, sum(result).rejected], [402, 1])
  assert.deepEqual(
    result.rejects.map(({ line, text, reason }) => [line, text, reason]),
    [[4, 'c@example.com,"never closed', 'a quote is opened and never closed']],
  )
  assert.equal(
    (await findContactByEmail(server.app.db, server.accountId, 'a@example.com'))!.profile.companyName,
    '6" Pipes',
  )
})

test('CSV that is not UTF-8 is rejected line by line, not stored as something else', async () => {
  await using server = await startTestServer()
  const csv = Buffer.from('email,first name\nrene@example.com,Ren\xe9\nann@example.com,Ann\n', 'latin1')
  const result = await importContent(server, csv)
  assert.deepEqual([sum(result).new, result.rejects.map(({ line, reason }) => [line, reason])], [1, [[2, 'not UTF-8']]])
})

test('CSV may be separated by semicolons or tabs', async () => {
  await using server = await startTestServer()
  assert.equal(sum(await importContent(server, 'email;first name\na@example.com;"Ann; Bea"\n')).new, 1)
  assert.equal(sum(await importContent(server, 'email\tfirst name\nb@example.com\tBea\n')).new, 1)
  assert.equal((await findContactByEmail(server.app.db, server.accountId, 'a@example.com'))!.firstName, 'Ann; Bea')
})

test('an event whose contact line was refused is not given to whoever has that id', async () => {
  await using server = await startTestServer()
  await importContent(server, 'email\nfirst@example.com\n')
  const event = { type: 'event', kind: 'open', contact: 1, campaign: 7, at: '2009-01-01T00:00:00Z' }
  const other = ndjson(
    { type: 'campaign', id: 7, name: 'x' },
    { type: 'contact', id: 1, email: 'other@example.com' },
    event,
  )
  const result = await importContent(server, other)
  assert.deepEqual(result.rejects.map(({ reason }) => reason).toSorted(), [
    'contact id 1 is taken',
    'the line that says who contact 1 is was rejected',
  ])
  assert.equal((await listHistory(server.app.db, server.accountId, { contactId: 1, limit: 5 })).events.length, 0)
})

test('contacts that bring their id get it, also when others without one stand before them', async () => {
  await using server = await startTestServer()
  const names = ['a', 'b', 'c'].map((name) => ({ type: 'contact', email: `${name}@example.com` }))
  assert.equal(
    sum(await importContent(server, ndjson(...names, { type: 'contact', id: 2, email: 'two@example.com' }))).rejected,
    0,
  )
  assert.equal((await findContactByEmail(server.app.db, server.accountId, 'two@example.com'))!.contactId, 2)
})

test('the rejects never take the place of the input, and nothing is removed before there is one', async () => {
  await using server = await startTestServer()
  const input = join(server.dataDir, 'input')
  await assert.rejects(importContent(server, history, { rejectsPath: input }), /over the input/)
  assert.equal(readFileSync(input, 'utf8'), history)
  const other = join(server.dataDir, 'other')
  writeFileSync(other, 'precious')
  await importContent(server, history, { rejectsPath: other, isDryRun: true })
  assert.equal(readFileSync(other, 'utf8'), 'precious')
})

test('strict and dry run together judge a file of several windows as one', async () => {
  await using server = await startTestServer()
  const result = await importContent(server, history, { isDryRun: true, isStrict: true, windowLines: 1 })
  assert.deepEqual([result.isStopped, sum(result).new], [false, 4])
})
