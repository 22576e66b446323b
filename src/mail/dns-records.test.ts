// The DNS of a sending domain: what is found wanting, in words that say what to do.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { generateDkimKey, renderDkimRecord } from './dkim-key.ts'
import type { DnsResolver } from './dns-finding.ts'
import { checkMailDomain } from './dns-records.ts'
import type { MailDomain } from './dns-records.ts'

const key = renderDkimRecord(await generateDkimKey('flowers.example', 'c1'))
const mail: MailDomain = {
  domain: 'flowers.example',
  bounceDomain: 'bounce.flowers.example',
  dkim: [{ domain: 'flowers.example', selector: 'c1', record: key.value }],
}
const good: Record<string, string[]> = {
  'bounce.flowers.example': ['site-verification=1', 'v=spf1 include:relay.example -all'],
  'relay.example': ['v=spf1 ip4:192.0.2.0/24 -all'],
  'c1._domainkey.flowers.example': [key.value],
  '_dmarc.flowers.example': ['v=DMARC1; p=reject; rua=mailto:d@flowers.example'],
}
const goodMx = { 'bounce.flowers.example': [{ exchange: 'mx.flowers.example', priority: 10 }] }

function resolve(
  texts: Record<string, string[]>,
  mx: Record<string, { exchange: string; priority: number }[]> = goodMx,
): DnsResolver {
  const answer = <T>(value: T | undefined): T => {
    if (value === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
    return value
  }
  return {
    // As the DNS hands out a long one.
    resolveTxt: async (name) => answer(texts[name]).map((text) => text.match(/.{1,255}/g) ?? []),
    resolveMx: async (name) => answer(mx[name]),
  }
}

/** What is not ok with some records changed, or gone when undefined. */
async function complain(
  change: Record<string, string[] | undefined>,
  more: Partial<MailDomain> = {},
): Promise<string[]> {
  const texts = Object.fromEntries(Object.entries({ ...good, ...change }).filter(([, value]) => value)) as typeof good
  const findings = await checkMailDomain({ ...mail, ...more }, resolve(texts))
  return findings
    .filter(({ level }) => level !== 'ok')
    .map(({ level, subject, text }) => `${level} ${subject}: ${text}`)
}

test('all is well', async () => {
  const findings = await checkMailDomain(mail, resolve(good))
  assert.deepEqual(
    findings.map(({ level, subject }) => `${level} ${subject}`),
    ['ok spf', 'ok dkim', 'ok dmarc', 'ok mx'],
  )
})

const spf = 'bounce.flowers.example'
const dkim = 'c1._domainkey.flowers.example'
const dmarc = '_dmarc.flowers.example'
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' })

for (const [what, change, complaint, more] of [
  ['no SPF', { [spf]: undefined }, /^fail spf: .* has no SPF record/],
  ['SPF twice', { [spf]: ['v=spf1 -all', 'v=spf1 ~all'] }, /^fail spf: .* 2 SPF records/],
  ['SPF for everyone', { [spf]: ['v=spf1 +all'] }, /^fail spf: .* allows everyone/],
  ['SPF without an end', { [spf]: ['v=spf1 include:relay.example'] }, /^warn spf: .* nothing of all others/],
  ['SPF with ptr', { [spf]: ['v=spf1 ptr -all'] }, /^warn spf: .* ptr/],
  [
    'SPF with too many look-ups',
    { [spf]: ['v=spf1 include:relay.example mx -all'], 'relay.example': [`v=spf1 ${'a:x.example '.repeat(9)}-all`] },
    /^fail spf: .* more than 10/,
  ],
  [
    'SPF that includes itself',
    { [spf]: [`v=spf1 include:${spf} ${'include:relay.example '.repeat(10)}-all`] },
    /^fail spf: .* more than 10/,
  ],
  ['no DKIM key', { [dkim]: undefined }, /^fail dkim: there is no DKIM key at c1\._domainkey.*: v=DKIM1; k=rsa; p=/],
  [
    'another DKIM key',
    { [dkim]: [key.value.replace(/p=.{20}/, 'p=AAAAAAAAAAAAAAAAAAAA')] },
    /^fail dkim: .* not the one that signs/,
  ],
  ['a revoked DKIM key', { [dkim]: ['v=DKIM1; p='] }, /^fail dkim: .* revoked/],
  ['two DKIM keys', { [dkim]: [key.value, key.value] }, /^fail dkim: there are 2/],
  ['a DKIM key under test', { [dkim]: [key.value.replace(';', '; t=y:s;')] }, /^warn dkim: .* test/],
  [
    'a weak DKIM key',
    { [dkim]: [`k=rsa; p=${weak.toString('base64')}`] },
    /^warn dkim: .* 1024 bits/,
    { dkim: [{ domain: 'flowers.example', selector: 'c1' }] },
  ],
  [
    'a DKIM key that is none',
    { [dkim]: ['v=DKIM1; p=abcd'] },
    /^fail dkim: .* can not be read/,
    { dkim: [{ domain: 'flowers.example', selector: 'c1' }] },
  ],
  [
    'a DKIM key of another domain',
    { 's._domainkey.relay.example': [key.value] },
    /^warn dkim: .* do not speak for/,
    { dkim: [{ domain: 'relay.example', selector: 's' }] },
  ],
  ['no DMARC', { [dmarc]: undefined }, /^fail dmarc: .* has no DMARC record/],
  ['DMARC twice', { [dmarc]: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] }, /^fail dmarc: .* 2 DMARC/],
  ['DMARC without a policy', { [dmarc]: ['v=DMARC1; rua=mailto:x@y.example'] }, /^fail dmarc: .* no policy/],
  [
    'DMARC with old tags',
    { [dmarc]: ['v=DMARC1; p=none; pct=50; rf=afrf; rua=mailto:x@y.example'] },
    /^warn dmarc: .* pct, rf, which RFC 9989/,
  ],
  ['DMARC under test', { [dmarc]: ['v=DMARC1; p=reject; t=y; rua=mailto:x@y.example'] }, /^warn dmarc: .* test/],
  ['DMARC without reports', { [dmarc]: ['v=DMARC1; p=none'] }, /^warn dmarc: .* rua/],
  ['strict alignment', { [dmarc]: ['v=DMARC1; p=none; aspf=s; rua=mailto:x@y.example'] }, /^warn dmarc: bounces go to/],
] as const satisfies [string, Record<string, string[] | undefined>, RegExp, Partial<MailDomain>?][])
  test(`the DNS: ${what}`, async () => {
    const complaints = await complain(change, more)
    assert.equal(complaints.length, 1, complaints.join('\n'))
    assert.match(complaints[0]!, complaint)
  })

test('a DMARC record further up is the one that counts, with its policy for those below', async () => {
  const at = { domain: 'news.shop.flowers.example' }
  assert.deepEqual(await complain({}, at), [])
  const [complaint] = await complain({ [dmarc]: ['v=DMARC1; p=none; sp=what; rua=mailto:x@y.example'] }, at)
  assert.match(complaint!, /no policy/)
})

test('a bounce domain without mail servers, or that says it has none', async () => {
  const [none] = (await checkMailDomain(mail, resolve(good, {}))).filter(({ subject }) => subject === 'mx')
  assert.match(`${none!.level} ${none!.text}`, /^fail .* no MX record/)
  const nullMx = { 'bounce.flowers.example': [{ exchange: '', priority: 0 }] }
  const [refusing] = (await checkMailDomain(mail, resolve(good, nullMx))).filter(({ subject }) => subject === 'mx')
  assert.match(`${refusing!.level} ${refusing!.text}`, /^fail .* null MX/)
})

test('a DNS that does not answer is no verdict about the domain', async () => {
  const refuse = () => Promise.reject(Object.assign(new Error('timeout'), { code: 'ETIMEOUT' }))
  const findings = await checkMailDomain(mail, { resolveTxt: refuse, resolveMx: refuse })
  assert.deepEqual(
    findings.map(({ level, text }) => [level, /ETIMEOUT/.test(text)]),
    Array.from({ length: 4 }, () => ['warn', true]),
  )
})
