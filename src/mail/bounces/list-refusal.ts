// A mailing list's server that would not take our message: a bounce without any of a bounce's signs. Called by
// parse-report.ts.

import { anyOf } from './any-of.ts'
import { findAddresses } from './addresses.ts'
import { header } from './read-mail.ts'
import type { OpenedMail } from './read-mail.ts'

/** Headers of list servers that say no by mail. */
const servers = ['x-mlserver', 'x-ml-name', 'x-list-administrivia', 'x-listprocessor-version', 'x-majordomo-version']

const refusals = anyOf(String.raw`
  (?:are|is) not (?:a )?member|not member|only (?:members|subscribers)|not (?:a )?subscri|not allowed to (?:post|send)|may not post
  (?:mail|message|article|post(?:ing)?) .{0,80}(?:rejected|refused|denied|bounced)|reject\w{0,3} (?:mail|your|the)|denies|against your policy|loop alert|loop back warning|duplicated message|\buce\b|unix from|closed list|system error message|security alert|detected a loop
`)

/** The list's address and what its server said. */
export function parseListRefusal(mail: OpenedMail): { recipient: string | undefined; reason: string } | undefined {
  if (!servers.some((name) => header(mail, name) !== '')) return undefined
  const text = [mail.subject, ...mail.lines.slice(0, 40)].join('\n')
  if (!refusals.test(text.toLowerCase())) return undefined
  const named = /(?:mailing list|\blist\b|\bml\b|article|in|to)\s*[:<(]*\s*<?(\S{1,320}@[^\s>)]{1,255})/i.exec(
    mail.lines.slice(0, 40).join('\n'),
  )
  const sender = /^"?(.{1,64}?)-(?:admin|owner|request|ctl)@(.{1,255})$/i.exec(
    findAddresses(mail.from)[0]?.address ?? '',
  )
  const recipient = findAddresses(named?.[0] ?? '')[0]?.address ?? (sender ? `${sender[1]}@${sender[2]}` : undefined)
  return { recipient, reason: text.slice(0, 1000) }
}
