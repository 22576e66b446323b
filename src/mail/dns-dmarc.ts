// DMARC (RFC 9989, which replaced RFC 7489 in 2026) of the domain that readers see. Used by dns-records.ts.

import { askTexts, finding, readTags } from './dns-finding.ts'
import type { DnsFinding, DnsResolver } from './dns-finding.ts'

/** RFC 9989 4.10: as far up as a tree walk goes. */
const maxSteps = 8
const policies = ['none', 'quarantine', 'reject']
/** In RFC 7489, and gone. */
const oldTags = ['pct', 'rf', 'ri']

export type FoundDmarc =
  | { kind: 'records'; at: string; records: string[] }
  | { kind: 'none' }
  | { kind: 'failed'; why: string }

/** RFC 9989 4.10: at the domain itself, then at each above it but the last label; a long name is cut short first. */
export async function findDmarc(domain: string, resolver: DnsResolver): Promise<FoundDmarc> {
  const labels = domain.split('.')
  const above = labels.slice(1).map((_, i) => labels.slice(i + 1).join('.'))
  for (const name of [domain, ...above.slice(-(maxSteps - 1))]) {
    const at = `_dmarc.${name}`
    const answer = await askTexts(resolver, at, /^v=DMARC1\s*(;|$)/)
    if (answer.kind === 'failed') return answer
    if (answer.kind === 'records') return { kind: 'records', at, records: answer.records }
  }
  return { kind: 'none' }
}

/** Whether another domain speaks for this one: both belong where the record was found, or one is part of the other. */
export function isAligned(other: string, domain: string, found: FoundDmarc): boolean {
  const isWithin = (a: string, b: string): boolean => a === b || a.endsWith(`.${b}`)
  const organisation = found.kind === 'records' ? found.at.slice('_dmarc.'.length) : domain
  return isWithin(other, organisation) || isWithin(domain, other)
}

export function checkDmarc(domain: string, bounceDomain: string, found: FoundDmarc): DnsFinding[] {
  const say = finding('dmarc')
  if (found.kind === 'failed')
    return [say('warn', `the DMARC record of ${domain} could not be looked up: ${found.why}`)]
  if (found.kind === 'none')
    return [
      say(
        'fail',
        `${domain} has no DMARC record: publish a TXT record at _dmarc.${domain}, such as "v=DMARC1; p=none"`,
      ),
    ]
  const { at, records } = found
  if (records.length > 1)
    return [say('fail', `there are ${records.length} DMARC records at ${at}, which counts as none: leave one`)]
  const tags = readTags(records[0]!)
  const isInherited = at !== `_dmarc.${domain}`
  const policy = (isInherited ? tags.get('sp') : undefined) ?? tags.get('p') ?? ''
  const findings: DnsFinding[] = []
  if (!policies.includes(policy.toLowerCase()))
    findings.push(say('fail', `the DMARC record at ${at} has no policy: add p=none, p=quarantine or p=reject`))
  const old = oldTags.filter((tag) => tags.has(tag))
  if (old.length > 0)
    findings.push(
      say('warn', `the DMARC record at ${at} has ${old.join(', ')}, which RFC 9989 took out and receivers ignore`),
    )
  if (tags.get('t')?.toLowerCase() === 'y')
    findings.push(say('warn', `the DMARC record at ${at} says that it is a test (t=y): receivers act one step milder`))
  if (!tags.has('rua'))
    findings.push(
      say(
        'warn',
        `the DMARC record at ${at} names nobody who gets reports: add rua=mailto:... to learn who sends in your name`,
      ),
    )
  if (tags.get('aspf')?.toLowerCase() === 's' ? bounceDomain !== domain : !isAligned(bounceDomain, domain, found))
    findings.push(
      say('warn', `bounces go to ${bounceDomain}, so SPF does not speak for ${domain} and DMARC rests on DKIM alone`),
    )
  return findings.length > 0 ? findings : [say('ok', `DMARC at ${at}: ${records[0]}`)]
}
