// Bulk activities: what clients hand in, what becomes of it, and what they are told (wire-2008 7).

import assert from 'node:assert/strict'
import { testOnEach } from '../../../test/databases.ts'
import { importLines } from '../../../test/import-lines.ts'
import { runDueJobs } from '../../../test/run-jobs.ts'
import { base, host, startTestServer } from '../../../test/server.ts'
import type { TestServer } from '../../../test/server.ts'
import { sql } from '../../db/sql.ts'
import { insertJob } from '../../core/jobs/job.ts'

const urlencoded = 'application/x-www-form-urlencoded'
const listUrl = (id: number | string): string => `http://api.constantcontact.com/ws/customers/joesflowers/lists/${id}`

async function start(): Promise<TestServer> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'list', id: 2, name: 'Garden Club' },
    {
      type: 'contact',
      id: 1,
      email: 'joe@example.com',
      firstName: 'Joe',
      city: 'Waltham',
      lists: ['General Interest'],
    },
    { type: 'contact', id: 2, email: 'gone@example.com', status: 'do-not-mail', optOutAt: '2009-01-01T00:00:00.000Z' },
    { type: 'contact', id: 3, email: 'idle@example.com', status: 'removed' },
  ])
  return server
}

type Fields = readonly (readonly [string, string])[]

function post(server: TestServer, body: string | Uint8Array<ArrayBuffer>, type = urlencoded): Promise<Response> {
  return server.get(`${base}/activities`, { method: 'POST', body, headers: { 'content-type': type } })
}
const submit = (server: TestServer, fields: Fields): Promise<Response> =>
  post(server, new URLSearchParams(fields.map(([name, value]) => [name, value])).toString())
const read = async (server: TestServer, path: string): Promise<string> => (await server.get(base + path)).text()
const field = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
const all = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1]!)

/** Hands it in, has it done, and returns the activity as it is then. */
async function done(server: TestServer, fields: Fields): Promise<{ path: string; text: string }> {
  const response = await submit(server, fields)
  const body = await response.text()
  assert.equal(response.status, 201, body)
  await runDueJobs(server.app)
  const path = new URL(response.headers.get('location')!).pathname.slice(base.length)
  return { path, text: await read(server, path) }
}

const add = (data: string, lists: number[] = [1]): Fields => [
  ['activityType', 'SV_ADD'],
  ['data', data],
  ...lists.map((id) => ['lists', listUrl(id)] as const),
]

testOnEach(
  '7.1: an activity is 201 with its address and an entry that is PENDING, and COMPLETE when it is done',
  async () => {
    await using server = await start()
    // The documentation's own line.
    const response = await post(
      server,
      'activityType=SV_ADD&data=Email+Address%2CFirst+Name%2CLast+Name%0Awstest3%40example.com%2C+Fred%2C+Test%0Awstest4%40example.com%2C+Joan%2C+Test&lists=http%3A%2F%2Fapi.constantcontact.com%2Fws%2Fcustomers%2Fjoesflowers%2Flists%2F1&lists=http%3A%2F%2Fapi.constantcontact.com%2Fws%2Fcustomers%2Fjoesflowers%2Flists%2F2',
    )
    assert.equal(response.status, 201)
    const text = await response.text()
    const location = response.headers.get('location')!
    assert.match(location, new RegExp(`^http://${host}${base}/activities/[a-z0-9]{19}$`))
    assert.equal(field(text, 'id'), location)
    assert.deepEqual([field(text, 'Type'), field(text, 'Status')], ['ADD_CONTACT_DETAIL', 'PENDING'])
    assert.match(text, /<Errors><\/Errors>\n *<FileName><\/FileName>/)
    assert.match(text, /<RunStartTime><\/RunStartTime>\n *<RunFinishTime><\/RunFinishTime>/)

    await runDueJobs(server.app)
    const after = await read(server, new URL(location).pathname.slice(base.length))
    assert.deepEqual([field(after, 'Status'), field(after, 'TransactionCount')], ['COMPLETE', '2'])
    assert.equal(field(after, 'RunFinishTime'), '2009-11-19T14:49:21.928Z')
    const found = await read(server, '/contacts?email=wstest3@example.com')
    const contact = await read(server, new URL(all(found, 'id')[1]!).pathname.slice(base.length))
    assert.deepEqual([field(contact, 'FirstName'), field(contact, 'LastName')], ['Fred', 'Test'])
    assert.deepEqual(contact.match(/lists\/\d(?=">)/g), ['lists/1', 'lists/2'])
  },
)

testOnEach(
  '7.1: columns are found whatever their case and spaces, trailing commas and unknown columns do no harm',
  async () => {
    await using server = await start()
    const data =
      '\r\n   EMAIL ADDRESS,Custom Field1,CUSTOM FIELD 15,State/Province (US/Canada),Country,Shoe Size,\r\n' +
      'a@example.com, "one, two",x,ma,us,44,\r\n'
    const { text } = await done(server, add(data))
    assert.deepEqual(all(text, 'Message'), ['There is no column "Shoe Size"; it is left out'])
    assert.equal(field(text, 'TransactionCount'), '1')
    const found = await read(server, '/contacts?email=a@example.com')
    const contact = await read(server, new URL(all(found, 'id')[1]!).pathname.slice(base.length))
    assert.deepEqual(
      ['CustomField1', 'CustomField15', 'StateCode', 'StateName', 'CountryCode', 'CountryName'].map((name) =>
        field(contact, name),
      ),
      ['one, two', 'x', 'MA', 'Massachusetts', 'us', 'United States'],
    )
  },
)

testOnEach(
  '7.2: a line that can not be taken is told with its number, its address and why, and costs no other',
  async () => {
    await using server = await start()
    const data = [
      'Email Address,State/Province (US/Canada),First Name',
      'good@example.com,MA,Ann',
      'test2@test.com,Test2,Bob',
      'no-address,MA,Carl',
      'gone@example.com,MA,Dora',
      `long@example.com,MA,${'x'.repeat(51)}`,
      'last@example.com,,"Fay ""F"""',
      '"open@example.com,MA,Eve',
    ].join('\n')
    const { path, text } = await done(server, add(data))
    assert.deepEqual(all(text, 'LineNumber'), ['3', '4', '5', '6', '8'])
    assert.deepEqual(all(text, 'EmailAddress').slice(0, 2), ['test2@test.com', 'no-address'])
    assert.deepEqual(all(text, 'Message'), [
      'Unknown US/Canadian state/prov "Test2"',
      'The e-mail address has no @',
      'This contact opted out: only the contact itself can change that',
      'First Name is longer than 50 characters',
      'A quote in this line is never closed',
    ])
    assert.deepEqual([field(text, 'Status'), field(text, 'TransactionCount')], ['COMPLETE', '2'])
    assert.match(await read(server, '/contacts?email=last@example.com'), /last@example\.com/)
    assert.match(await read(server, '/contacts/2'), /<Status>Do Not Mail</)
    // The collection tells the same.
    const feed = await read(server, '/activities')
    assert.match(feed, /<title type="text">Bulk Activity<\/title>/)
    assert.ok(feed.includes(`<link href="${base}${path}" rel="edit" />`))
    assert.deepEqual(all(feed, 'LineNumber'), ['3', '4', '5', '6', '8'])
  },
)

testOnEach(
  '7.1: contacts that are there already keep what the file does not say, and who was Removed is Active again',
  async () => {
    await using server = await start()
    const data = 'Email Address,Last Name,City\nJoe@Example.com,Flowers,\nidle@example.com,Idle,Boston'
    await done(server, add(data, [2]))
    const joe = await read(server, '/contacts/1')
    assert.deepEqual(
      [field(joe, 'FirstName'), field(joe, 'LastName'), field(joe, 'City')],
      ['Joe', 'Flowers', 'Waltham'],
    )
    assert.deepEqual(joe.match(/lists\/\d(?=">)/g), ['lists/1', 'lists/2'])
    assert.equal(field(await read(server, '/contacts/3'), 'Status'), 'Active')
  },
)

testOnEach('7.1: a list of addresses alone is ADD_CONTACTS, with a header or without', async () => {
  await using server = await start()
  for (const data of ['Email Address\none@example.com\ntwo@example.com', 'one@example.com\ntwo@example.com\n']) {
    const { text } = await done(server, add(data))
    assert.deepEqual([field(text, 'Type'), field(text, 'TransactionCount')], ['ADD_CONTACTS', '2'])
  }
  assert.equal(field(await read(server, '/lists/1'), 'ContactCount'), '3')
})

testOnEach(
  '7.1: tab-separated text, Windows-1252, UTF-16 and a byte order mark are read for what they are',
  async () => {
    await using server = await start()
    const latin = Buffer.from('Email Address\tFirst Name\r\nrene@example.com\tRen\xe9\r\n', 'latin1')
    const wide = Buffer.from('\ufeffEmail Address\tFirst Name\r\nzoe@example.com\tZo\u00eb\r\n', 'utf16le')
    const marked = Buffer.from('\ufeffEmail Address;First Name\rjose@example.com;Jos\u00e9\r')
    for (const [data, email, name] of [
      [latin, 'rene@example.com', 'René'],
      [wide, 'zoe@example.com', 'Zoë'],
      [marked, 'jose@example.com', 'José'],
    ] as const) {
      const parts = [
        `--x\r\nContent-Disposition: form-data; name="activityType"\r\n\r\nSV_ADD\r\n--x\r\nContent-Disposition: form-data; name="lists"\r\n\r\n${listUrl(1)}\r\n`,
        `--x\r\nContent-Disposition: form-data; name="data"; filename="a.csv"\r\nContent-Type: text/plain\r\n\r\n`,
        data,
        '\r\n--x--\r\n',
      ]
      const body = new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))))
      const response = await post(server, body, 'multipart/form-data; boundary=x')
      assert.equal(response.status, 201, await response.clone().text())
      await runDueJobs(server.app)
      const found = await read(server, `/contacts?email=${email}`)
      assert.match(found, new RegExp(`<Name>${name}</Name>`))
    }
  },
)

testOnEach('0b: a multipart body labelled as urlencoded is judged by its boundary', async () => {
  await using server = await start()
  const body = `--sep\nContent-Disposition: form-data; name="activityType"\n\nREMOVE_CONTACTS_FROM_LISTS\n--sep\nContent-Disposition: form-data; name="data"; filename="x.txt"\n\njoe@example.com\nnobody@example.com\n--sep\nContent-Disposition: form-data; name="lists"\n\nhttps://elsewhere.example/ws/customers/joesflowers/lists/1\n--sep--`
  const response = await post(server, body, `${urlencoded}; boundary=sep`)
  assert.equal(response.status, 201)
  await runDueJobs(server.app)
  const text = await read(server, new URL(response.headers.get('location')!).pathname.slice(base.length))
  assert.deepEqual([field(text, 'Type'), field(text, 'TransactionCount')], ['REMOVE_CONTACTS_FROM_LISTS', '1'])
  assert.deepEqual(all(text, 'Message'), ['No contact has this address'])
  assert.equal(field(await read(server, '/contacts/1'), 'Status'), 'Removed')
})

testOnEach('7.1: clearing takes everybody off the lists named and off no other', async () => {
  await using server = await start()
  const names = Array.from({ length: 1200 }, (_, i) => `c${i}@example.com`).join('\n')
  await done(server, add(names, [1]))
  await done(server, add('c0@example.com', [2]))
  const { text } = await done(server, [
    ['activityType', 'CLEAR_CONTACTS_FROM_LISTS'],
    ['lists', listUrl(1)],
  ])
  assert.deepEqual([field(text, 'Status'), field(text, 'TransactionCount')], ['COMPLETE', '1201'])
  const counts = [await read(server, '/lists/1'), await read(server, '/lists/2')].map((list) =>
    field(list, 'ContactCount'),
  )
  assert.deepEqual(counts, ['0', '1'])
  assert.match(await read(server, '/contacts?email=c0@example.com'), /<Status>Active</)
  assert.match(await read(server, '/contacts?email=c1@example.com'), /<Status>Removed</)
})

testOnEach(
  '7.1, 7.3: an export names its file when complete, which holds the columns asked for in the order asked for',
  async () => {
    await using server = await start()
    await done(
      server,
      add('Email Address,First Name,Last Name\nbea@example.com,Bea,"O""Hara, Jr"\nabe@example.com,Abe,'),
    )
    const { path, text } = await done(server, [
      ['activityType', 'EXPORT_CONTACTS'],
      ['fileType', 'CSV'],
      ['exportOptDate', 'True'],
      ['exportOptSource', 'false'],
      ['exportListName', 'true'],
      ['sortBy', 'EMAIL_ADDRESS'],
      ['columns', 'FIRST NAME'],
      ['columns', 'LAST NAME'],
      ['columns', 'EMAIL ADDRESS'],
      ['listId', listUrl(1)],
    ])
    assert.equal(field(text, 'FileName'), `${base}${path}.csv`)
    const file = await server.get(`${base}${path}.csv`)
    assert.equal(file.headers.get('content-type'), 'text/csv; charset=UTF-8')
    const day = '2009-11-19T14:49:21.928Z'
    assert.equal(
      await file.text(),
      [
        'Email Address,First Name,Last Name,Date Added,List Name',
        `abe@example.com,Abe,,${day},General Interest`,
        `bea@example.com,Bea,"O""Hara, Jr",${day},General Interest`,
        `joe@example.com,Joe,,${day},General Interest`,
        '',
      ].join('\r\n'),
    )
    assert.equal((await server.get(`${base}${path}.txt`)).status, 404)
  },
)

testOnEach('7.1: system lists can be exported, as text too', async () => {
  await using server = await start()
  const { path } = await done(server, [
    ['activityType', 'EXPORT_CONTACTS'],
    ['fileType', 'TXT'],
    ['listId', listUrl('do-not-mail')],
    ['columns', 'City'],
    ['sortBy', 'DATE_DESC'],
  ])
  assert.equal(await read(server, `${path}.txt`), 'Email Address\tCity\r\ngone@example.com\t\r\n')
})

testOnEach('7.1: what can not be done is refused at once with 400 and the name of the field', async () => {
  await using server = await start()
  const refused: [Fields, RegExp][] = [
    [[['activityType', 'EAT_CONTACTS']], /activityType/],
    [[['activityType', 'SV_ADD'], ['data', 'a@example.com']], /lists/],
    [[['activityType', 'SV_ADD'], ['lists', listUrl(1)]], /data/],
    [add('First Name\nJoe'), /Email Address/],
    [add('Email Address,EMAIL ADDRESS\na@example.com,b@example.com'), /Two columns/],
    [add(' \n\n'), /no line/],
    [add('a@example.com', [99]), /list 99/],
    [add('a@example.com').map(([n, v]) => [n, v.replace('/lists/1', '/lists/active')] as const), /lists/],
    [[['activityType', 'EXPORT_CONTACTS'], ['listId', listUrl(1)], ['fileType', 'XLS']], /fileType/],
    [[['activityType', 'EXPORT_CONTACTS'], ['listId', listUrl(1)], ['columns', 'Shoe Size']], /columns/],
    [[['activityType', 'EXPORT_CONTACTS'], ['listId', listUrl(98)]], /list 98/],
  ] // oxfmt-ignore
  for (const [fields, message] of refused) {
    const response = await submit(server, fields)
    assert.equal(response.status, 400, JSON.stringify(fields))
    assert.match(await response.text(), message)
  }
  assert.equal((await post(server, '<entry/>', 'application/atom+xml')).status, 415)
  assert.doesNotMatch(await read(server, '/activities'), /<entry>/)
})

testOnEach('7.2: PUT and DELETE are 415, an unknown activity is 404, and so is that of another account', async () => {
  await using server = await start()
  const { path } = await done(server, add('a@example.com'))
  for (const method of ['PUT', 'DELETE']) assert.equal((await server.get(base + path, { method })).status, 415)
  assert.equal((await server.get(`${base}/activities/a000`)).status, 404)
  assert.equal((await server.get(base + path.toUpperCase().replace('/ACTIVITIES', '/activities'))).status, 200)
})

testOnEach('7.2: the collection shows the last 50, latest first, and none is kept longer than 14 days', async () => {
  await using server = await start()
  for (let i = 0; i < 51; i++) {
    server.clock.now += 1000
    await submit(server, add(`c${i}@example.com`))
  }
  await importLines(server, Array.from({ length: 1200 }, (_, i) => ({ type: 'contact', email: `e${i}@example.com`, lists: ['General Interest'] }))) // oxfmt-ignore
  await runDueJobs(server.app)
  server.clock.now += 1000
  await done(server, [['activityType', 'EXPORT_CONTACTS'], ['listId', listUrl(1)]]) // oxfmt-ignore
  const times = all(await read(server, '/activities'), 'InsertTime')
  assert.equal(times.length, 50)
  assert.deepEqual(times, times.toSorted().toReversed())
  server.clock.now += 15 * 86_400_000
  const prune = { accountId: null, kind: 'prune-activities', subject: 'recurring', dueAt: 0 }
  await server.app.db.transaction((tx) => insertJob(tx, prune, server.clock.now))
  await runDueJobs(server.app)
  assert.deepEqual(all(await read(server, '/activities'), 'InsertTime'), [])
  for (const table of [sql`activity_line`, sql`activity_error`, sql`job where kind = 'activity'`])
    assert.equal((await server.app.db.one<{ count: number }>(sql`select count(*) as count from ${table}`))!.count, 0)
})

testOnEach(
  '7.1: a form of very many fields, lines or columns, and a line of many megabytes are dealt with or refused',
  async () => {
    await using server = await start()
    const fields = await post(server, 'a=&'.repeat(500_000))
    assert.deepEqual([fields.status, await fields.text()], [400, 'Error 400: The form has more than 1100 fields.\n'])
    for (const header of [',c'.repeat(100_000), ','.repeat(5_000_000)]) {
      const columns = await submit(server, add(`Email Address${header}\na@example.com`))
      assert.match(await columns.text(), /^Error 400: The first line of data is longer than 65536 bytes/)
    }
    const list = await submit(server, [['activityType', 'CLEAR_CONTACTS_FROM_LISTS'], ['lists', 'x'.repeat(1_000_000)]]) // oxfmt-ignore
    assert.equal(list.status, 400)
    assert.ok((await list.text()).length < 1000)

    const { text } = await done(server, add('\n'.repeat(500_000) + 'Email Address\n' + 'x,'.repeat(500_000) + '\nb@example.com')) // oxfmt-ignore
    assert.deepEqual(all(text, 'Message'), ['This line is longer than 65536 bytes'])
    assert.deepEqual(all(text, 'LineNumber'), ['500002'])
    assert.equal(field(text, 'TransactionCount'), '1')
  },
)

testOnEach('7.1: a thousand lists take the contacts of a file', async () => {
  await using server = await start()
  const lists = Array.from({ length: 1000 }, (_, i) => i + 3)
  await importLines(server, lists.map((id) => ({ type: 'list', id, name: `List ${id}` }))) // oxfmt-ignore
  const emails = Array.from({ length: 4 }, (_, i) => `c${i}@example.com`)
  const { text } = await done(server, add(['Email Address', ...emails].join('\n'), lists))
  assert.equal(field(text, 'TransactionCount'), '4')
  assert.equal(all(await read(server, '/lists/1002/members'), 'EmailAddress').length, 4)
  const multipart = lists.map((id) => `--b\r\nContent-Disposition: form-data; name="lists"\r\n\r\n${listUrl(id)}\r\n`)
  const type = '--b\r\nContent-Disposition: form-data; name="activityType"\r\n\r\nCLEAR_CONTACTS_FROM_LISTS\r\n'
  assert.equal((await post(server, `${type}${multipart.join('')}--b--\r\n`, 'multipart/form-data; boundary=b')).status, 201) // oxfmt-ignore
  await runDueJobs(server.app)
  assert.equal(all(await read(server, '/lists/1002/members'), 'EmailAddress').length, 0)
})

testOnEach(
  '7.1, 7.2: a comma behind the only column makes no details of it; texts of other encodings keep their line ends',
  async () => {
    await using server = await start()
    const { text } = await done(server, add('Email Address,\r\na@example.com,\r\n'))
    assert.equal(field(text, 'Type'), 'ADD_CONTACTS')
    // Longer than what is decoded at a stretch, with the two halves of one CRLF on both sides of its end.
    const line = 'Email Address,City\r\n'
    const long = `${line}${'x'.repeat(262_144 - line.length - 1)}\r\nb@example.com,Orl\u00e9ans\r\nc@example.com,Nice\r`
    const head = Buffer.from(`activityType=SV_ADD&lists=${listUrl(1)}&data=`)
    const response = await post(server, Buffer.concat([head, Buffer.from(long, 'latin1')]))
    const path = new URL(response.headers.get('location')!).pathname.slice(base.length)
    await runDueJobs(server.app)
    const answer = await read(server, path)
    assert.deepEqual([all(answer, 'LineNumber'), field(answer, 'TransactionCount')], [['2'], '2'])
    const [b] = /contacts\/\d+(?=<\/id>)/.exec(await read(server, '/contacts?email=b@example.com'))!
    assert.equal(field(await read(server, `/${b}`), 'City'), 'Orl\u00e9ans')
  },
)
