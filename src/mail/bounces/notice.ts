// Recipients and reasons in the text of a notice that is meant for people: one engine for the formats of all servers,
// fed by tables of how they put things. Called by parse-report.ts.

import { addressKey, findAddresses, isRoleAddress } from './addresses.ts'
import type { FoundAddress } from './addresses.ts'
import { anyOf } from './any-of.ts'
import { quotedReply } from './judge-reasons.ts'
import { maxRecipients } from './report.ts'

export interface NoticeRecipient {
  recipient: string
  /** What may be the reason, the likeliest first. */
  reasons: string[]
}

export interface NoticeContext {
  /** Named by a header of the notice (X-Failed-Recipients). */
  failed: readonly string[]
  /** Whose message it was, and whom the notice went to: no recipients but where the notice lists them as such. */
  senders: ReadonlySet<string>
}

/** How surely a line names a recipient: 3 lists one, 2 mentions one in a sentence about delivery, 1 has an address. */
interface Mention {
  address: string
  level: 1 | 2 | 3
  line: number
  /** The reason that stands on the same line. */
  rest: string
}

/** Recipients are listed behind their reasons in these notices. */
const reasonFirst = /^\W{0,10}failure reasons?/i
const reasonLines = 30
const mentionsPerRecipient = 10
/** Lines that repeat fields of our message. */
const ofMessage = /^\s*(?:subject|date|sent|from|to|cc|created date|sender address|betreff|objet|asunto|件名)\s*:/i

/** Every recipient the notice names, each with what is said of it; empty when it names none. */
export function readNotice(notice: readonly string[], { failed, senders }: NoticeContext): NoticeRecipient[] {
  const mentions = notice.flatMap((line, at) => mentionsIn(line, at, notice))
  // Lists of recipients may name the sender or a postmaster, but hardly beside others.
  const others = mentions.filter(({ address }) => !isNobody(address, senders))
  const usable = others.some(({ level }) => level === 3) ? others : mentions
  const chosen = surest(usable.filter(({ address, level }) => level === 3 || !isNobody(address, senders)))
  const isReasonFirst = notice.some((line) => reasonFirst.test(line))
  const names = failed.length > 0 ? failed : chosen.map(({ address }) => address)
  const unique = new Map(names.map((name) => [addressKey(name), name]))
  return [...unique].slice(0, maxRecipients).map(([key, recipient]) => {
    const own = chosen.filter(({ address }) => addressKey(address) === key)
    // A server that says who failed in a header may list the address it was forwarded to.
    const told = (own.length === 0 && unique.size === 1 ? chosen : own).slice(0, mentionsPerRecipient)
    return { recipient, reasons: told.flatMap((mention) => reasonsOf(mention, chosen, notice, isReasonFirst)) }
  })
}

function surest(mentions: readonly Mention[]): Mention[] {
  const best = Math.max(0, ...mentions.map(({ level }) => level))
  return mentions.filter(({ level }) => level === best)
}

function isNobody(address: string, senders: ReadonlySet<string>): boolean {
  return senders.has(addressKey(address)) || isRoleAddress(address)
}

/** The paragraph with or below the mention, then all up to the next recipient. */
function reasonsOf(
  { line, rest, address }: Mention,
  all: readonly Mention[],
  notice: readonly string[],
  isReasonFirst: boolean,
): string[] {
  const isOther = (mention: Mention): boolean => addressKey(mention.address) !== addressKey(address)
  if (isReasonFirst) {
    const before = all.findLast((mention) => mention.line < line && isOther(mention))?.line ?? -1
    return [
      notice
        .slice(before + 1, line)
        .filter((text) => !reasonFirst.test(text))
        .join('\n'),
    ]
  }
  const next = all.find((mention) => mention.line > line && isOther(mention))?.line ?? notice.length
  const below = notice.slice(line + 1, Math.min(next, line + 1 + reasonLines)).filter((text) => !ofMessage.test(text))
  const start = rest.trim() === '' ? below.findIndex((text) => text.trim() !== '') : 0
  const blank = below.findIndex((text, at) => at >= Math.max(start, 0) && text.trim() === '')
  const paragraph = blank < 0 ? below : below.slice(0, blank)
  const [first, whole] = [[rest, ...paragraph].join('\n'), [rest, ...below].join('\n')]
  // What the remote server is quoted with comes before what is told around it.
  return quotedReply(whole) === undefined ? [first, whole] : [whole, first]
}

function mentionsIn(line: string, at: number, notice: readonly string[]): Mention[] {
  if (line.length === 0 || !line.includes('@')) return []
  const found = findAddresses(line)
  const [first] = found
  if (!first || speaksOfSender(line.slice(0, first.start))) return []
  if (isRcpt.test(line) && isAccepted.test(notice[at + 1] ?? '')) return []
  return listed(line, found, at) ?? found.map((address) => mentioned(line, address, at, notice))
}

/** In a transcript: a recipient, and that the server took it. */
const isRcpt = /rcpt to\s?:/i
const isAccepted = /^\s*(?:<<<|.{0,60}<--|(?:received )?>>>)\s*2\d\d\b/i

function speaksOfSender(before: string): boolean {
  return /\b(?:mail from|from|sender|reply-to|message-?id|in-reply-to|id|contact|e-?mail us|questions|return-path|bounces? to|by|errors-to|original sender)\b["']?\s*[:=]?\s*["'<([]*$/i.test(
    before,
  )
}

/** Decoration and reply codes that may stand before a listed address. */
const beforeListed =
  /^[\s*<>"'`|([{+#\-\u2022\u00b7=.:]*(?:\d{1,3}[.)] )?(?:[45]\d\d[- ](?:[45]\.\d\.\d{1,3} )?[\s<]*)?(?:smtp:|mailto:|rfc822;)?\s*<?"?$/i
/** What may follow one: nothing, a mark, or words that begin a reason. */
const afterListed = anyOf(String.raw`
  ^[>"'\])}\s]*$
  ^[>"'\])}]*\s*(?:[:;,]|\.\.\.|[(\[<]|-+\s|={2,}|\|)
  ^[>"'\])}]*\s+(?:on \w{1,9},? |on \d|invalid|unknown|error|fail|deliver|reject|reason|not |could|can|was |were |is |has |does|didn't|user|host|mailbox|over |quota|bounced|undeliver|expired|permanent|tempor|delayed|smtp|[45]\d\d\b|unrout|no such|\.\.\.)
`)

/** The line begins with an address, as lists of recipients do; further addresses on it belong to the reason. */
function listed(line: string, found: readonly FoundAddress[], at: number): Mention[] | undefined {
  const [first, ...others] = found
  if (!first || !beforeListed.test(line.slice(0, first.start))) return undefined
  const rest = line.slice(first.end)
  if (!afterListed.test(rest.toLowerCase())) return undefined
  const isJustAList = others.length > 0 && /^[\s<>"',;]*$/.test(withoutAddresses(line, found))
  const all = isJustAList ? found : [first]
  return all.map(({ address }) => ({ address, level: 3, line: at, rest: isJustAList ? '' : reasonOnLine(rest) }))
}

function withoutAddresses(line: string, found: readonly FoundAddress[]): string {
  return found.reduceRight((text, { start, end }) => text.slice(0, start) + text.slice(end), line)
}

function reasonOnLine(rest: string): string {
  return rest.replace(/^(?:<mailto:[^>]*>|[>"'\])}:;,\s.|-])+/, '')
}

/** Labels that name a recipient; what follows them is matched by `toAddress`. */
const labels = anyOf(String.raw`
  rcpt to|recipients?(?: address)?(?:\(s\))?|recipient name|intended recipient|(?:final|original)-recipient|rejected recipient
  addressed to|failed (?:address|recipient)(?:es|s)?|(?:to|delivery|delivered to) (?:address|recipient)|failed to deliver to
  error-for|you sent mail to|following message to|undeliverable address
  could not be delivered to|deliver(?:ed|y)? (?:your |the )?(?:message |mail )?to|delivering your (?:mail|message) to|undeliverable to
  destination(?: address)?|e-?mail address|mailbox
  empfänger|adressat|destinataire|destinatario|destinatário|ontvanger|получатель|адрес|宛先|あて先|送信先|受信者|收件人
`)
/** Between a label, or another word, and the address. */
const toAddress = String.raw`\s*(?:is|was|following)?\s*[:=]*\s*(?:rfc822;|\[?smtp:)?\s*["'<(\[]*\s*$`
const isLabelled = new RegExp(`(?:${labels.source})${toAddress}`, 'u')
/** Words before or behind an address in a sentence about delivery. */
const before = new RegExp(
  `(?:\\bto|mail|message|user|host|size|for|address|userid|attempts|recipient|group|list|account|with|contact)${toAddress}`,
  'u',
)
const behind =
  /^["'>)\]]*\s*[,;:]?\s*(?:could ?n|can ?n|couldn['’]t|was|were|has|have|is|are|does|did|not|rejected|bounced|unknown|failed|because|due|may not|on )/
const failing = anyOf(String.raw`
  deliver|fail|reject|unknown|could ?n[o'’]t|cannot|can['’]?t|not |unable|error|exceed|invalid|blocked|delay|trouble|full
`)
/** A sentence that ends with a colon, as the whole line up to the address. */
const isIntroduced = /^\s*\D{4,80}:\s*["'<([]*$/
const isEnd = /^["'>)\].\s]*$/

function mentioned(
  line: string,
  { address, start, end }: FoundAddress,
  at: number,
  notice: readonly string[],
): Mention {
  const head = line.slice(0, start).toLowerCase()
  const tail = line.slice(end).toLowerCase()
  // "Unknown host: a@b", as one line of its own.
  const isOwnLine = isIntroduced.test(head) && failing.test(head) && isEnd.test(tail)
  if (isOwnLine || isLabelled.test(head)) return { address, level: 3, line: at, rest: line }
  // A sentence may have begun on the line above.
  const sentence = `${at > 0 ? notice[at - 1]! : ''} ${line}`.toLowerCase()
  const isInSentence = failing.test(sentence) && (before.test(head) || behind.test(tail))
  return { address, level: isInSentence ? 2 : 1, line: at, rest: line }
}
