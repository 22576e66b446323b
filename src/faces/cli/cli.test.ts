// The command line as its user sees it, run inside the process: output, errors, exit codes.

import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { history, startCli } from '../../../test/cli.ts'
import type { Ran } from '../../../test/cli.ts'
import { createPostgresDatabase, testOnPostgres } from '../../../test/databases.ts'
import { openApp } from '../../app.ts'
import { readConfig } from '../../config.ts'
import { listApplications } from '../../core/oauth/application.ts'
import { grantByItself } from '../../core/oauth/grant.ts'
import type { Hit } from '../../core/tracking/hit.ts'
import { Spool } from '../../core/tracking/spool.ts'
import { openSqlite } from '../../db/sqlite.ts'
import { openLog } from '../../log.ts'

test('an account is created with a key that lets its clients in, and both are listed', async () => {
  await using cli = await startCli()
  const created = JSON.parse((await cli.run('account', 'create', 'JoesFlowers', '--json')).out) as {
    username: string
    key: string
    password: string
  }
  assert.equal(created.username, 'joesflowers')
  await using app = await openApp(readConfig({ dataDir: join(cli.folder, 'data') }, {}), { log: openLog('silent') })
  assert.equal((await app.credentials.verify(created))?.account.username, 'joesflowers')
  assert.match((await cli.run('account', 'list')).out, /USERNAME.*\njoesflowers/)
  assert.match((await cli.run('key', 'list')).out, /read write admin .* first/)
  const second = JSON.parse((await cli.run('key', 'create', '--name', 'CRM', '--scope', 'read', '--json')).out) as {
    id: number
    key: string
  }
  assert.equal((await app.credentials.verify({ ...created, key: second.key }))?.scopes.join(), 'read')
  assert.equal((await cli.run('key', 'revoke', String(second.id))).code, 0)
  assert.equal(await app.credentials.verify({ ...created, key: second.key }), undefined)
  const renewed = await cli.runWith(
    { stdin: 'new password\n' },
    'account',
    'password',
    'joesflowers',
    '--password-stdin',
  )
  assert.equal(renewed.code, 0)
  assert.equal(await app.credentials.verify(created), undefined)
  assert.ok(await app.credentials.verify({ ...created, password: 'new password' }))
})

test('a key that an old client has built in can be taken over', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const key = '0e4d1c9a-1111-2222-3333-444455556666'
  assert.match((await cli.run('key', 'create', '--key', key)).out, new RegExp(key))
  assert.deepEqual(
    [(await cli.run('key', 'create', '--key', 'a%b')).code, (await cli.run('key', 'create', '--scope', 'root')).code],
    [2, 2],
  )
})

test('an application is registered, listed and revoked; what is refused is said in a sentence', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const uri = 'https://crm.example/back'
  const created = JSON.parse(
    (await cli.run('app', 'create', '--name', 'CRM', '--redirect-uri', uri, '--json')).out,
  ) as {
    id: number
    clientId: string
    clientSecret: string
  }
  assert.deepEqual([created.id, created.clientSecret.length], [1, 43])
  const old = ['--client-id', 'old-key', '--client-secret', 'old-secret', '--token-days', '3650', '--scope', 'read']
  assert.match((await cli.run('app', 'create', '--name', 'Old', '--redirect-uri', 'http://old.example/', ...old)).out, /old-key\n.*old-secret/) // oxfmt-ignore
  const desk = await cli.run('app', 'create', '--name', 'Desk', '--public', '--redirect-uri', 'com.example.desk:/back')
  assert.doesNotMatch(desk.out, /secret/)
  const refused: [args: string[], code: number, message: RegExp][] = [
    [['--name', 'x', '--client-id', 'old-key'], 1, /this client id exists already \[conflict\]/],
    [['--name', 'x', '--client-id', 'a%b'], 2, /a client id has no spaces/],
    [['--name', ' '], 2, /1 to 100 characters/],
    [['--name', 'x', '--scope', 'admin'], 2, /any of read, write/],
    [['--name', 'x', '--token-days', '3661'], 2, /at most ten years/],
    [['--name', 'x', '--public'], 2, /needs a redirect URI/],
    [['--name', 'x', '--public', '--redirect-uri', uri, '--client-secret', 's'], 2, /has no secret/],
    [['--name', 'x', '--public', '--redirect-uri', 'http://crm.example/'], 2, /https, http on loopback/],
    [['--name', 'x', '--public', '--redirect-uri', 'http://127.0.0.1.evil.example/'], 2, /https, http on loopback/],
    [['--name', 'x', '--redirect-uri', 'javascript:alert(1)'], 2, /https, http, or/],
    [['--name', 'x', '--redirect-uri', `${uri}#fragment`], 2, /without a fragment/],
    [['--name', 'x', '--redirect-uri', 'https://a@crm.example/'], 2, /a whole address/],
    [['--name', 'x', '--redirect-uri', '/back'], 2, /a whole address/],
    [[], 2, /required option '--name/],
  ]
  for (const [args, code, message] of refused) {
    const ran = await cli.run('app', 'create', ...args)
    assert.equal(ran.code, code, args.join(' '))
    assert.match(ran.err, message)
  }
  assert.match((await cli.run('app', 'revoke', '1')).out, /Application 1 and its tokens no longer work/)
  assert.equal((await cli.run('app', 'revoke', '9')).code, 1)
  assert.match((await cli.run('app', 'list')).out, new RegExp(`1 +${created.clientId} +secret +read write +2009-11-19 14:49:21 +CRM\n2 +old-key +secret +read +Old\n3 .* public`)) // oxfmt-ignore
  const listed = (await cli.run('app', 'list', '--json')).out
  assert.match(listed, /"redirectUris":\["http:\/\/old\.example\/"\],"tokenSeconds":315360000/)
  assert.doesNotMatch(listed, /secretHash|old-secret|scrypt/)
})

test('what an owner agreed to is listed and ended', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  await cli.run('app', 'create', '--name', 'CRM')
  const dataDir = join(cli.folder, 'data')
  await using app = await openApp(readConfig({ dataDir }, {}), { log: openLog('silent') })
  const [application] = await listApplications(app.db, 1)
  const now = Date.parse('2009-11-19T14:00:00Z')
  const { accessToken } = await grantByItself(app.db, application!, ['read'], now)
  assert.ok(await app.tokens.verify(accessToken, now))
  assert.match((await cli.run('token', 'list')).out, /\n1 +read +2009-11-19 14:00:00 +2009-11-19 15:00:00 +CRM\n$/)
  assert.match((await cli.run('token', 'list', '--json')).out, /^\{"id":1,"application":"CRM"/)
  assert.equal((await cli.run('token', 'revoke', '1')).code, 0)
  assert.equal(await app.tokens.verify(accessToken, now), undefined)
  assert.match((await cli.run('token', 'revoke', '1')).err, /has given no tokens 1 \[not_found\]/)
})

test('a history is imported, found by address or id, and listed as the old wire would', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const file = join(cli.folder, 'history.ndjson')
  writeFileSync(file, history)
  const imported = await cli.run('import', file)
  assert.equal(imported.code, 0)
  assert.match(imported.out, /total +63 +63 +0 +0 +0/)
  assert.match((await cli.run('import', file)).out, /total +63 +0 +0 +63 +0/)

  const card = await cli.run('contact', 'JFLOWERS@mail.com')
  assert.match(card.out, /^jflowers@mail\.com\nId +32\n/)
  assert.match(card.out, /open +60 +2008-10-04 00:00:59/)
  const json = JSON.parse((await cli.run('contact', '32', '--json')).out) as {
    lists: { name: string }[]
    events: { click: { count: number } }
  }
  assert.deepEqual([json.lists[0]!.name, json.events.click.count], ['General Interest', 1])

  const listed = await cli.run('events', '32')
  assert.equal(listed.out.trim().split('\n').length, 51)
  assert.match(listed.err, /The first 50 are shown/)
  assert.equal((await cli.run('events', '32', '--all', '--json')).out.trim().split('\n').length, 61)
  const clicks = await cli.run('events', 'jflowers@mail.com', '--kind', 'clicks', '--json')
  const click = JSON.parse(clicks.out) as { kind: string; at: string; url: string; campaign: { id: number } }
  assert.deepEqual(
    [click.kind, click.at, click.url, click.campaign.id],
    ['click', '2008-10-03T18:39:02.910Z', 'http://www.boston.com', 1100537019381],
  )
  assert.equal(
    (await cli.run('events', '32', '--since', '2008-10-04T00:00:30Z', '--until', '2008-10-04T00:00:40', '--json')).out
      .trim()
      .split('\n').length,
    10,
  )
  assert.equal((await cli.run('events', '32', '--campaign', '7', '--json')).out, '')
  assert.match((await cli.run('events', '32', '--limit', '1', '--oldest-first')).out, /2008-10-03 18:39:02 +click/)
})

test('rejected lines are counted, written down and make the command fail', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const file = join(cli.folder, 'history.ndjson')
  writeFileSync(file, history + 'nonsense\n')
  const ran = await cli.run('import', file, '--json')
  const report = JSON.parse(ran.out) as { read: number; rejected: number; rejects: string }
  assert.deepEqual([ran.code, report.read, report.rejected, report.rejects], [1, 64, 1, `${file}.rejects.ndjson`])
  assert.ok(existsSync(report.rejects))
})

test('standard input is imported with -', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  assert.match(
    (await cli.runWith({ stdin: 'email,first name\na@example.com,Ann\n' }, 'import', '-')).out,
    /contact +1 +1/,
  )
})

test('failures are one line with a stable code, as JSON where asked, and nothing on standard output', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const cases: [args: string[], code: number, message: RegExp][] = [
    [['contact', 'nobody@mail.com'], 1, /^contrail: no contact has the address nobody@mail\.com \[not_found\]\n$/],
    [['contact', '7'], 1, /there is no contact 7 \[not_found\]/],
    [['contact', 'nonsense'], 2, /neither an e-mail address nor an id \[invalid_input\]/],
    [['contact', '7', '--account', 'other'], 1, /no account named other \[not_found\]/],
    [['events', '7', '--kind', 'clacks'], 2, /A kind is one of send, delivery/],
    [['events', '7', '--since', 'yesterday'], 2, /A time is written/],
    [['events', '7', '--limit', '0'], 2, /A number from 1 on/],
    [['account', 'create', 'joesflowers'], 1, /exists already \[conflict\]/],
    [['account', 'create', 'x'], 2, /3 to 80/],
    [['import', '/no/such/file'], 2, /can't read/],
    [['nonsense'], 2, /unknown command/],
    [['contact'], 2, /missing required argument/],
  ]
  for (const [args, code, message] of cases) {
    const ran = await cli.run(...args)
    assert.deepEqual([ran.code, ran.out], [code, ''], args.join(' '))
    assert.match(ran.err, message)
  }
  const json = JSON.parse((await cli.run('contact', '7', '--json')).err) as { error: { code: string } }
  assert.equal(json.error.code, 'not_found')
})

test('an account says how long it keeps what readers did, and whether they may forward mails', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const retention = (...more: string[]): Promise<Ran> => cli.run('account', 'retention', 'joesflowers', ...more)
  assert.equal((await retention()).out, 'hits    30 days\nevents  for ever\n')
  assert.equal((await retention('--hits', '14', '--events', '730')).out, 'hits    14 days\nevents  730 days\n')
  assert.equal((await retention('--hits', '20', '--json')).out, '{"hitDays":20,"eventDays":730}\n')
  assert.equal((await retention('--events', 'forever', '--json')).out, '{"hitDays":20,"eventDays":null}\n')
  for (const wrong of [
    ['--events', '19'],
    ['--hits', '0'],
    ['--events', 'never'],
    ['--hits', '40000'],
  ])
    assert.equal((await retention(...wrong)).code, 2, wrong.join(' '))
  assert.match((await retention('--events', '19')).err, /at least as long as hits, which are kept for 20 days/)
  assert.match((await cli.run('account', 'retention', 'nobody')).err, /\[not_found\]/)
  const forwards = (...more: string[]): Promise<Ran> => cli.run('account', 'forwards', 'joesflowers', ...more)
  assert.equal((await forwards()).out, 'off\n')
  assert.equal((await forwards('on')).out, 'on\n')
  assert.equal((await forwards('--json')).out, '{"forwards":true}\n')
  assert.equal((await forwards('off')).out, 'off\n')
  assert.equal((await forwards('maybe')).code, 2)
})

test('several accounts have to be named, none has to be created first', async () => {
  await using cli = await startCli()
  assert.match(
    (await cli.run('contact', '7')).err,
    /there is no database in .* yet: "contrail account create NAME" makes one \[bad_config\]/,
  )
  await cli.run('account', 'create', 'first')
  await cli.run('account', 'create', 'second')
  assert.match((await cli.run('contact', '7')).err, /there are 2 accounts: say which with --account/)
})

test('settings that contradict each other or make no sense are refused by name', async () => {
  await using cli = await startCli()
  const cases: [env: Record<string, string>, args: string[], message: RegExp][] = [
    [{ CONTRAIL_PORT: 'http' }, ['serve'], /CONTRAIL_PORT must be a whole number from 0 to 65535/],
    [{}, ['serve', '--port', '70000'], /--port must be/],
    [{ CONTRAIL_HOST: 'a b' }, ['serve'], /CONTRAIL_HOST must be an address/],
    [{ CONTRAIL_HOST: '0.0.0.0' }, ['serve', '--demo'], /CONTRAIL_HOST is 0\.0\.0\.0, but the demo account/],
    [{ CONTRAIL_PUBLIC_URL: 'https://x.example/path' }, ['serve'], /CONTRAIL_PUBLIC_URL must be a bare host/],
    [{ CONTRAIL_ATOM_OPTOUT_ELEMENT: 'optout' }, ['serve'], /CONTRAIL_ATOM_OPTOUT_ELEMENT must be one of/],
    [{ CONTRAIL_RATE_LIMIT_STATUS: '429' }, ['serve'], /CONTRAIL_RATE_LIMIT_STATUS must be one of 503, 403/],
    [{ CONTRAIL_DATA: '/dev/null/x' }, ['serve'], /CONTRAIL_DATA: can't create/],
    [{ CONTRAIL_DATA: '/no/such' }, ['account', 'list'], /CONTRAIL_DATA: there is no database/],
  ]
  for (const [env, args, message] of cases) {
    const ran = await cli.runWith({ env }, ...args)
    assert.equal(ran.code, 1)
    assert.match(ran.err, message)
    assert.match(ran.err, /\[bad_config\]/)
  }
})

test('a store with the demo account is served on loopback only, whoever starts it', async () => {
  await using cli = await startCli()
  assert.equal((await cli.run('serve', '--demo')).code, 0)
  assert.match((await cli.run('serve')).out, /demo-key%joesflowers:demo/)
  const open = await cli.run('serve', '--host', '0.0.0.0')
  assert.deepEqual([open.code, /only served on a loopback address/.test(open.err)], [1, true])
})

test('the demo is only created in an empty store', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'real')
  assert.doesNotMatch((await cli.run('serve', '--demo')).out, /demo-key/)
  assert.doesNotMatch((await cli.run('account', 'list')).out, /joesflowers/)
})

test('the doctor finds a well installation well, and says what is wrong with another', async () => {
  await using cli = await startCli()
  const before = await cli.run('doctor')
  assert.deepEqual([before.code, /does not exist yet/.test(before.out)], [1, true])
  await cli.run('account', 'create', 'joesflowers')
  const well = await cli.run('doctor', '--full')
  assert.equal(well.code, 0, well.out)
  assert.match(
    (await cli.runWith({ env: { CONTRAIL_PROT: '1' } }, 'doctor')).out,
    /warn +settings +CONTRAIL_PROT is no setting/,
  )
  assert.match(well.out, /ok +spool +0 hits wait/)
  assert.ok(!existsSync(join(cli.folder, 'data', 'spool.db')), 'looking makes no spool')
  await fillSpool(join(cli.folder, 'data'))
  const waiting = await cli.run('doctor')
  assert.equal(waiting.code, 0)
  assert.match(
    waiting.out,
    /warn +spool +1 hits wait for the store; the oldest since 2009-.*; 1 were set aside, .*: no/,
  )
  writeFileSync(join(cli.folder, 'data', 'contrail.db'), 'no database at all, but long enough to look at'.repeat(100))
  const broken = await cli.run('doctor', '--json')
  assert.equal(broken.code, 1)
  assert.match(broken.out, /"verdict":"fail"/)
})

/** Two hits, one of which no store takes. */
async function fillSpool(folder: string): Promise<void> {
  await using spool = new Spool(folder, openSqlite)
  const at = Date.parse('2009-11-19T14:00:00Z')
  await spool.append([{ at }, { at }] as Hit[])
  await spool.setAside((await spool.read(1))[0]!, 'no such column', at)
}

test('every command explains itself with an example', async () => {
  await using cli = await startCli()
  for (const args of [
    [],
    ['serve'],
    ['account', 'create'],
    ['key', 'create'],
    ['app', 'create'],
    ['token', 'list'],
    ['contact'],
    ['contact', 'erase'],
    ['contact', 'export'],
    ['events'],
    ['import'],
  ]) {
    const help = await cli.run(...args, '--help')
    assert.equal(help.code, 0)
    assert.match(help.out, /Examples:\n {2}contrail|Examples:\n {2}printf/, args.join(' '))
  }
  assert.equal((await cli.run('--version')).out, '0.1.0\n')
})

test('control characters in stored text do not reach a terminal', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  await cli.runWith(
    { stdin: JSON.stringify({ type: 'contact', email: 'a@example.com', firstName: '\u001b[2J\u202eevil' }) },
    'import',
    '-',
  )
  assert.doesNotMatch((await cli.run('contact', 'a@example.com')).out, /[\u001b\u202e]/)
})

testOnPostgres('with a database URL everything is kept on that server, and its password is never shown', async () => {
  await using cli = await startCli()
  await using database = await createPostgresDatabase('empty')
  const { password } = new URL(database.url)
  const env = { CONTRAIL_DATABASE_URL: database.url }
  const runs = [
    await cli.runWith({ env }, 'events', 'a@example.com'),
    await cli.runWith({ env }, 'migrate'),
    await cli.runWith({ env }, 'migrate'),
    await cli.runWith({ env }, 'account', 'create', 'joesflowers'),
    await cli.runWith({ env }, 'account', 'list'),
    await cli.runWith({ env }, 'serve'),
    await cli.runWith({ env }, 'doctor'),
  ]
  const [empty, first, again, created, listed, served, doctor] = runs as [Ran, Ran, Ran, Ran, Ran, Ran, Ran]
  assert.match(empty.err, /CONTRAIL_DATABASE_URL: this database is empty yet/)
  assert.match(first.out, /Applied 0001_ledger\.sql/)
  assert.match(again.out, /^The tables of PostgreSQL at 127\.0\.0\.1:\d+, database contrail_\w+ are up to date\.$/m)
  assert.equal(created.code, 0, created.err)
  assert.match(listed.out, /joesflowers/)
  assert.match(served.out, /with its data in PostgreSQL at 127/)
  assert.match(doctor.out, /ok +database +PostgreSQL \d+/)
  assert.equal(existsSync(join(cli.folder, 'data', 'contrail.db')), false)
  for (const { out, err } of runs) assert.doesNotMatch(out + err, new RegExp(`:${password}@`))
})

test('a database URL that is none is refused in one sentence that does not repeat it', async () => {
  await using cli = await startCli()
  for (const url of ['mysql://joe:geheim@host/x', 'joe:geheim@host', 'postgresql://joe:geheim@ho st/x']) {
    const { code, err } = await cli.runWith({ env: { CONTRAIL_DATABASE_URL: url } }, 'account', 'list')
    assert.equal(code, 1)
    assert.match(err, /CONTRAIL_DATABASE_URL must be a URL such as/)
    assert.doesNotMatch(err, /geheim/)
  }
})
