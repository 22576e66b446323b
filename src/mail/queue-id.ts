// What a relay calls a message it took, read out of its answer to the final dot. Used by smtp-answer.ts.
//
// No standard says how it is told. A row is how one of them words it; the first that fits decides.

const wordings: readonly [servers: string, wording: RegExp][] = [
  ['Postfix, SendGrid, Mandrill, Mailjet, Halon, Mailpit, Yandex', /\bqueued (?:on \S+ )?as <?([^\s<>]+)>?/i],
  ['Exim', /\bid=([\w.-]+)/i],
  ['KumoMTA', /\bids=([\w-]+)/i],
  ['Gmail', /^OK +\d{9,} +(\S+) - gsmtp$/i],
  ['Exchange, Brevo, Mailgun', /<([^\s<>@]+@[^\s<>@]+)>/],
  ['Amazon SES, Resend', /^Ok ([\da-f]{16}-[\da-f]{8}-[\da-f-]{20,}-\d{6})$/i],
  ['SparkPost, Momentum', /^OK ([\dA-F]{2}\/[\dA-F]{2}-[\w-]+)$/i],
  ['Haraka', /\bqueued \(([\dA-F]{8}-[\dA-F-]{27}(?:\.\d+)?)\)/i],
  ['Stalwart', /\bqueued with id ([\da-f]+)/i],
  ['go-smtp', /^OK: queued ([\dA-Z]{12,})$/],
  ['Sendmail, OpenSMTPD', /^(\w{8,}) message accepted for delivery/i],
  ['qmail', /^ok (\d+ qp \d+)$/],
  ['Postmark and others', /\b([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\b/i],
]

/** Undefined when the answer, with or without its codes, tells none that we know how to find. */
export function parseQueueId(reply: string): string | undefined {
  const text = reply.replace(/^\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3} +)?/, '').trim()
  for (const [, wording] of wordings) {
    const id = wording.exec(text)?.[1]?.replace(/[.,;:]+$/, '')
    if (id) return id.slice(0, 200)
  }
  return undefined
}
