// What the checks of the DNS share. Used by the files dns-*.ts.

export interface DnsResolver {
  /** As node:dns/promises has them: rejects with `code` ENOTFOUND or ENODATA when there is none. */
  resolveTxt(name: string): Promise<string[][]>
  resolveMx(name: string): Promise<{ exchange: string; priority: number }[]>
}

export interface DnsFinding {
  level: 'ok' | 'warn' | 'fail'
  subject: 'spf' | 'dkim' | 'dmarc' | 'mx'
  /** One sentence, with what to do where it is not ok. */
  text: string
}

export type DnsAnswer<T> = { kind: 'records'; records: T[] } | { kind: 'none' } | { kind: 'failed'; why: string }

/** Tells that there is none from that nobody answered. */
export async function askDns<T>(ask: () => Promise<T[]>): Promise<DnsAnswer<T>> {
  try {
    const records = await ask()
    return records.length > 0 ? { kind: 'records', records } : { kind: 'none' }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'none' } : { kind: 'failed', why: code ?? message }
  }
}

/** The texts at a name that begin as those of one kind do. */
export async function askTexts(resolver: DnsResolver, name: string, start: RegExp): Promise<DnsAnswer<string>> {
  const answer = await askDns(() => resolver.resolveTxt(name))
  if (answer.kind !== 'records') return answer
  const texts = answer.records.map((strings) => strings.join('')).filter((text) => start.test(text))
  return texts.length > 0 ? { kind: 'records', records: texts } : { kind: 'none' }
}

export function finding(subject: DnsFinding['subject']): (level: DnsFinding['level'], text: string) => DnsFinding {
  return (level, text) => ({ level, subject, text })
}

/** `a=b; c=d` (RFC 6376 3.2), names in lower case. */
export function readTags(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').flatMap((part) => {
    const at = part.indexOf('=')
    return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const]
  })
  return new Map(pairs)
}
