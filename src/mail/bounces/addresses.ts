// E-mail addresses as they stand in the texts of mail servers. Used by the parsers of bounce mail.

/** An address and where it stands in its text, without brackets. */
export interface FoundAddress {
  address: string
  start: number
  end: number
}

const quoted = String.raw`"[^"\s]{1,64}"`
const atom = String.raw`[\p{L}\p{N}!#$%&'*+/=?^_\x60{|}~.-]{1,128}`
const domain = String.raw`(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,252}[\p{L}\p{N}_])?|\[[0-9a-fA-F:.]{3,45}\])`
const pattern = new RegExp(`(?:${quoted}|${atom})@${domain}`, 'gu')

/** Every address in a text, in order. Quotes and marks that stand around one are not part of it. */
export function findAddresses(text: string): FoundAddress[] {
  const found: FoundAddress[] = []
  if (!text.includes('@')) return found
  for (const match of text.matchAll(pattern)) {
    const skipped = /^(?:[*'`=|/#-]+|(?:smtp|rfc822|mailto)=)+/i.exec(match[0])?.[0].length ?? 0
    const address = match[0].slice(skipped)
    if (address.startsWith('@') || address.startsWith('.')) continue
    found.push({ address, start: match.index + skipped, end: match.index + match[0].length })
  }
  return found
}

/** The first address in a text. */
export function firstAddress(text: string): string | undefined {
  return findAddresses(text)[0]?.address
}

/** For telling whether two addresses are the same; the case of the local part is ignored as all servers of today do. */
export function addressKey(address: string): string {
  return address.toLowerCase()
}

/** The addresses of no person that stand in many notices. */
export function isRoleAddress(address: string): boolean {
  return /^"?(?:post[-_]?master|mailer[-_]?daemon|abuse|hostmaster|no-?reply|do-?not-?reply|support|help-?desk)"?@/i.test(
    address,
  )
}
