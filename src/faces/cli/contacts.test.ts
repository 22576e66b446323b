// What the command line does for one contact and its mail: consent, suppression, links, export, erasure.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { history, startCli } from '../../../test/cli.ts'
import type { Ran } from '../../../test/cli.ts'

test('addresses are kept from mail and allowed again, and what a contact agreed to is noted and shown', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  const line = JSON.stringify({ type: 'contact', id: 32, email: 'jflowers@mail.com' })
  await cli.runWith({ stdin: line }, 'import', '-')
  assert.equal((await cli.run('suppressions', 'add', 'A@B.example')).out, 'a@b.example gets no mail.\n')
  assert.match((await cli.run('suppressions', 'add', 'a@b.example', '--reason', 'optout')).out, /already/)
  assert.match((await cli.run('suppressions', 'list')).out, /\n2009-11-19 14:49:21 +manual +operator +a@b\.example\n$/)
  const listed = (await cli.run('suppressions', 'list', '--json')).out
  assert.equal(
    listed,
    '{"email":"a@b.example","reason":"manual","source":"operator","at":"2009-11-19T14:49:21.928Z"}\n',
  )
  assert.equal((await cli.run('suppressions', 'remove', 'a@b.example')).code, 0)
  assert.match((await cli.run('suppressions', 'remove', 'a@b.example')).err, /is not suppressed \[not_found\]/)
  assert.equal((await cli.run('suppressions', 'add', 'x@y.example', '--reason', 'dislike')).code, 2)
  assert.equal((await cli.run('suppressions', 'add', 'nobody')).code, 2)

  const consent = (...more: string[]): Promise<Ran> => cli.run('contact', 'consent', 'jflowers@mail.com', ...more)
  assert.match((await consent()).out, /^Tracking: full\nNothing was ever said/)
  assert.match((await consent('--tracking', 'none')).err, /--tracking needs --source/)
  assert.match((await consent('--source', 'letter')).err, /belong to --tracking/)
  assert.equal((await consent('--tracking', 'some', '--source', 'letter')).code, 2)
  assert.equal((await consent('--tracking', 'none', '--source', 'x'.repeat(201))).code, 2)
  assert.match(
    (await consent('--tracking', 'none', '--source', 'letter')).out,
    /^Tracking: none\n.*\n.* none +letter\n$/,
  )
  const json = JSON.parse((await consent('--json', '--account', 'joesflowers')).out) as { consents: object[] }
  const at = '2009-11-19T14:49:21.928Z'
  assert.deepEqual(json.consents, [{ consentNo: 1, tracking: 'none', source: 'letter', wording: '', at }])
})

test('a mail is printed with its links through the server, and campaigns can keep less or nothing', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  await cli.runWith({ stdin: history }, 'import', '-')
  const campaign = /campaign"?: ?(\d+)/.exec(history)![1]!
  const mail = '<p>Hello <a href="https://shop.example/roses?a=1&amp;b=2">roses</a></p>'
  const rewrite = (...more: string[]): Promise<Ran> =>
    cli.runWith({ stdin: mail }, 'tracking', 'rewrite', '-', '--contact', '32', '--campaign', campaign, ...more)
  const url = ['--public-url', 'https://mail.example.com'] as const

  assert.match((await rewrite()).err, /--public-url/)
  const { out, err } = await rewrite(...url)
  assert.match(
    out,
    /<p>Hello <a href="https:\/\/mail\.example\.com\/c\/[\w-]+">roses<\/a><\/p><img [^>]*\/o\/[\w-]+\.gif"/,
  )
  assert.match(err, /^unsubscribe: https:\/\/mail\.example\.com\/u\/[\w-]+\npreferences: .*\/s\/.*\nview: .*\/v\//)
  assert.doesNotMatch(out, /display:none/)
  assert.equal((await rewrite(...url)).out, out)
  const trapped = JSON.parse((await rewrite(...url, '--trap', '--json')).out) as { html: string; tracked: number }
  assert.deepEqual([trapped.tracked, trapped.html.match(/\/c\//g)?.length], [1, 2])

  const level = (...more: string[]): Promise<Ran> => cli.run('tracking', 'campaign', campaign, ...more)
  assert.equal((await level()).out, 'full\n')
  assert.equal((await level('--level', 'none')).out, 'none\n')
  assert.equal((await rewrite(...url)).out, `${mail}\n`)
  assert.equal((await level('--level', 'some')).code, 2)
  assert.match((await cli.run('tracking', 'campaign', '7')).err, /\[not_found\]/)
})

test('a campaign is shared at an address that is printed, and no longer when that is said', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  await cli.runWith({ stdin: history }, 'import', '-')
  const campaign = /campaign"?: ?(\d+)/.exec(history)![1]!
  const share = (...more: string[]): Promise<Ran> =>
    cli.run('tracking', 'share', campaign, '--public-url', 'https://mail.example.com', ...more)
  assert.match((await cli.run('tracking', 'share', campaign)).err, /--public-url/)
  const { out } = await share()
  assert.match(out, /^https:\/\/mail\.example\.com\/p\/[\w-]{30,80}\n$/)
  assert.deepEqual(JSON.parse((await share('--json')).out), { campaign: Number(campaign), address: out.trim() })
  assert.match((await share('--stop')).out, /shows nothing any more/)
  assert.match((await share('--stop')).out, /was not shared/)
  assert.match((await cli.run('tracking', 'share', '7', '--stop')).err, /\[not_found\]/)
})

test('a contact is given all that is kept of it, and is erased only when somebody means it', async () => {
  await using cli = await startCli()
  await cli.run('account', 'create', 'joesflowers')
  await cli.runWith({ stdin: history }, 'import', '-')
  await cli.run('contact', 'consent', '32', '--tracking', 'full', '--source', 'form')
  const exported = await cli.run('contact', 'export', 'JFlowers@mail.com')
  const record = JSON.parse(exported.out) as Record<string, Record<string, unknown>[]> & { contact: { email: string } }
  assert.equal(record.contact.email, 'jflowers@mail.com')
  assert.deepEqual(Object.keys(record), ['contact', 'lists', 'suppressions', 'consents', 'sends', 'messages', 'forwards', 'events', 'verdicts', 'hits', 'bounceReviews']) // oxfmt-ignore
  assert.deepEqual([record['events']!.length, record['lists']![0]!['listName']], [61, 'General Interest'])
  assert.equal(record['consents']![0]!['at'], '2009-11-19T14:49:21.928Z')

  const unasked = await cli.run('contact', 'erase', '32')
  assert.deepEqual([unasked.code, /--yes is needed/.test(unasked.err)], [2, true])
  assert.equal((await cli.run('contact', '32')).code, 0)
  const before = await cli.run('doctor', '--totals')
  assert.match(before.out, /ok +totals +61 events of 1 campaigns/)
  assert.match((await cli.run('contact', 'erase', '32', '--yes')).out, /^Contact 32, jflowers@mail.com, is erased/)
  for (const name of ['32', 'jflowers@mail.com']) {
    const again = await cli.run('contact', 'erase', name, '--yes')
    assert.deepEqual([again.code, /is erased already/.test(again.out)], [0, true])
    for (const command of ['export', 'consent']) assert.equal((await cli.run('contact', command, name)).code, 1)
  }
  assert.equal((await cli.run('contact', 'erase', 'nobody@mail.com', '--yes')).code, 1)
  const after = await cli.run('doctor', '--totals')
  assert.equal(after.code, 0)
  assert.match(after.out, /ok +totals +61 events of 1 campaigns/)
  assert.match((await cli.run('suppressions', 'list')).out, /erased +erasure +\(erased\)/)
})
