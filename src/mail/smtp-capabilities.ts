// What a relay says it can do: its answer to EHLO (RFC 5321 4.1.1.1). Used by smtp-session.ts.

/** What the relay said it can do, in its answer to EHLO. */
export interface RelayCapabilities {
  /** As it calls itself. */
  name: string
  smtpUtf8: boolean
  dsn: boolean
  pipelining: boolean
  eightBitMime: boolean
  /** The largest message it takes, in bytes. */
  size?: number
  /** The ways to log in. */
  auth: string[]
}

/** Of an answer that is none, a relay that can do nothing but the least. */
export function readCapabilities(answer: string): RelayCapabilities {
  const [first = '', ...lines] = answer.split(/\r?\n/).map((line) => line.replace(/^\d{3}[ -]?/, '').trim())
  const words = lines.map((line) => line.toUpperCase().split(/[\s=]+/))
  const find = (keyword: string): string[] | undefined => words.find(([word]) => word === keyword)
  const size = Number(find('SIZE')?.[1] ?? 0)
  return {
    name: (first.split(/\s/)[0] ?? '').replace(/[^\w.:[\]-]/g, '').slice(0, 255),
    smtpUtf8: find('SMTPUTF8') !== undefined,
    dsn: find('DSN') !== undefined,
    pipelining: find('PIPELINING') !== undefined,
    eightBitMime: find('8BITMIME') !== undefined,
    // RFC 1870 4: 0 is no limit.
    ...(Number.isSafeInteger(size) && size > 0 && { size }),
    auth: [...new Set(words.filter(([word]) => word === 'AUTH').flatMap(([, ...ways]) => ways))],
  }
}
