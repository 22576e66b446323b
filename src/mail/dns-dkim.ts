// Whether the key that signs is the one that is published (RFC 6376 3.6.1). Used by dns-records.ts.

import { createPublicKey } from 'node:crypto'
import { askTexts, finding, readTags } from './dns-finding.ts'
import type { DnsFinding, DnsResolver } from './dns-finding.ts'

export interface PublishedKey {
  domain: string
  selector: string
  /** What the record should say (renderDkimRecord), where the private key is known. */
  record?: string
}

/** `isAligned` tells whether a signature of a domain speaks for the one that readers see. */
export async function checkDkim(
  key: PublishedKey,
  isAligned: (domain: string) => boolean,
  resolver: DnsResolver,
): Promise<DnsFinding[]> {
  const { domain, selector, record } = key
  const say = finding('dkim')
  const name = `${selector}._domainkey.${domain}`
  const answer = await askTexts(resolver, name, /(^|;)\s*p\s*=/i)
  if (answer.kind === 'failed') return [say('warn', `the DKIM key ${name} could not be looked up: ${answer.why}`)]
  if (answer.kind === 'none')
    return [say('fail', `there is no DKIM key at ${name}: publish a TXT record there${record ? `: ${record}` : ''}`)]
  if (answer.records.length > 1)
    return [say('fail', `there are ${answer.records.length} DKIM keys at ${name}; leave one`)]
  const tags = readTags(answer.records[0]!)
  const published = squeeze(tags.get('p'))
  if (published === '') return [say('fail', `the DKIM key at ${name} is revoked (its p= is empty)`)]
  const wanted = record === undefined ? undefined : squeeze(readTags(record).get('p'))
  if (wanted !== undefined && wanted !== published)
    return [say('fail', `the DKIM key at ${name} is not the one that signs: publish ${record}`)]
  const findings: DnsFinding[] = []
  const bits = tags.get('k') === 'ed25519' ? undefined : countBits(published)
  if (bits === null) return [say('fail', `the DKIM key at ${name} can not be read`)]
  if (bits !== undefined && bits < 1024)
    findings.push(say('fail', `the DKIM key at ${name} has ${bits} bits; receivers want 1024 or more`))
  else if (bits !== undefined && bits < 2048)
    findings.push(say('warn', `the DKIM key at ${name} has ${bits} bits; make one of 2048`))
  if (tags.get('t')?.split(':').includes('y'))
    findings.push(say('warn', `the DKIM key at ${name} says that it is a test (t=y): take that out once all works`))
  if (!isAligned(domain))
    findings.push(say('warn', `signatures of ${domain} do not speak for the sender: sign with a key of its domain`))
  return findings.length > 0 ? findings : [say('ok', `DKIM key ${name}: published${bits ? `, ${bits} bits` : ''}`)]
}

function squeeze(text = ''): string {
  return text.replace(/\s+/g, '')
}

/** Null when it is no key. */
function countBits(published: string): number | null {
  try {
    const key = createPublicKey({ key: Buffer.from(published, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyDetails?.modulusLength ?? null
  } catch {
    return null
  }
}
