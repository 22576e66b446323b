// SPF (RFC 7208) of the domain that bounces come to: that is the one receivers look at. Used by dns-records.ts.

import { askTexts, finding } from './dns-finding.ts'
import type { DnsFinding, DnsResolver } from './dns-finding.ts'

/** RFC 7208 4.6.4: of terms that ask the DNS. */
const maxLookups = 10

export async function checkSpf(domain: string, resolver: DnsResolver): Promise<DnsFinding[]> {
  const say = finding('spf')
  const answer = await askTexts(resolver, domain, /^v=spf1( |$)/i)
  if (answer.kind === 'failed')
    return [say('warn', `the SPF record of ${domain} could not be looked up: ${answer.why}`)]
  if (answer.kind === 'none')
    return [
      say('fail', `${domain} has no SPF record: publish one that names the relay, such as "v=spf1 include:... -all"`),
    ]
  if (answer.records.length > 1)
    return [say('fail', `${domain} has ${answer.records.length} SPF records, which counts as none: make one of them`)]
  const [record] = answer.records as [string]
  const terms = record.toLowerCase().split(/ +/)
  const findings: DnsFinding[] = []
  const all = terms.find((term) => /^[+?~-]?all$/.test(term))
  if (all === 'all' || all === '+all')
    findings.push(say('fail', `the SPF record of ${domain} allows everyone (${all}): end it with -all or ~all`))
  else if (all === '?all' || (!all && !terms.some((term) => term.startsWith('redirect='))))
    findings.push(say('warn', `the SPF record of ${domain} says nothing of all others: end it with -all or ~all`))
  if (terms.some((term) => /^[+?~-]?ptr(:|$)/.test(term)))
    findings.push(say('warn', `the SPF record of ${domain} uses ptr, which RFC 7208 5.5 advises against`))
  const lookups = await countLookups(record, resolver, new Set([domain]))
  if (lookups > maxLookups)
    findings.push(
      say(
        'fail',
        `the SPF record of ${domain} takes more than ${maxLookups} look-ups, so receivers ignore it: name fewer`,
      ),
    )
  return findings.length > 0 ? findings : [say('ok', `SPF of ${domain}: ${record}`)]
}

/** Stops a bit behind the limit. */
async function countLookups(record: string, resolver: DnsResolver, seen: Set<string>): Promise<number> {
  let count = 0
  for (const term of record.toLowerCase().split(/ +/)) {
    if (!/^[+?~-]?(include:|a([:/]|$)|mx([:/]|$)|ptr(:|$)|exists:)|^redirect=/.test(term)) continue
    count++
    const other = /^[+?~-]?include:(.+)|^redirect=(.+)/.exec(term)
    const name = other?.[1] ?? other?.[2]
    // What a macro stands for is not known here.
    if (name === undefined || name.includes('%') || seen.has(name) || seen.size > maxLookups) continue
    seen.add(name)
    const answer = await askTexts(resolver, name, /^v=spf1( |$)/i)
    if (answer.kind === 'records') count += await countLookups(answer.records[0]!, resolver, seen)
  }
  return count
}
