// What the DNS says about a sending domain: SPF, DKIM, DMARC and where bounces go. Used by `contrail doctor mail`.

import { checkDkim } from './dns-dkim.ts'
import type { PublishedKey } from './dns-dkim.ts'
import { checkDmarc, findDmarc, isAligned } from './dns-dmarc.ts'
import { askDns, finding } from './dns-finding.ts'
import type { DnsFinding, DnsResolver } from './dns-finding.ts'
import { checkSpf } from './dns-spf.ts'

export interface MailDomain {
  /** Of the From address. */
  domain: string
  /** Of the envelope sender, to which bounces come. */
  bounceDomain: string
  /** Those that sign; none where the relay does. */
  dkim: readonly PublishedKey[]
}

/** Asks what can be asked; what can't be reached is a finding, too. Never throws. */
export async function checkMailDomain(mail: MailDomain, resolver: DnsResolver): Promise<DnsFinding[]> {
  const { domain, bounceDomain, dkim } = mail
  const dmarc = await findDmarc(domain, resolver)
  const [spf, mx, ...keys] = await Promise.all([
    checkSpf(bounceDomain, resolver),
    checkMx(bounceDomain, resolver),
    ...dkim.map((key) => checkDkim(key, (other) => isAligned(other, domain, dmarc), resolver)),
  ])
  return [...spf, ...keys.flat(), ...checkDmarc(domain, bounceDomain, dmarc), ...mx]
}

async function checkMx(domain: string, resolver: DnsResolver): Promise<DnsFinding[]> {
  const answer = await askDns(() => resolver.resolveMx(domain))
  const say = finding('mx')
  if (answer.kind === 'failed')
    return [say('warn', `the mail servers of ${domain} could not be looked up: ${answer.why}`)]
  if (answer.kind === 'none')
    return [say('fail', `${domain} has no MX record, so no bounce comes back: let one point to where Contrail listens`)]
  const hosts = answer.records.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange)
  // RFC 7505.
  if (hosts.every((host) => host === '' || host === '.'))
    return [say('fail', `${domain} says by a null MX that it takes no mail, so no bounce comes back`)]
  return [say('ok', `bounces to ${domain} go to ${hosts.join(', ')}`)]
}
