// What a report tells for finding the message of ours that it is about (docs/bounces.md). Strings only: whoever uses
// them verifies them. Called by parse-report.ts.

import { findAddresses } from './addresses.ts'
import { fieldValue } from './fields.ts'
import type { Field } from './fields.ts'
import { decodeHeader, headers } from './read-mail.ts'
import type { OpenedMail } from './read-mail.ts'
import type { SendClues } from './report.ts'

/** Headers by which servers note the envelope's recipient, and the one that senders write. */
const deliveredToHeaders = [
  'x-original-to',
  'delivered-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
  'apparently-to',
  'x-apparently-to',
  'to',
]

const maxClues = 20

export function findSendClues(
  mail: OpenedMail,
  returned: readonly Field[],
  said: { envelopeId?: string | undefined; messageId?: string | undefined },
): SendClues {
  const text = mail.lines.join('\n')
  const named = (name: string): string | undefined =>
    fieldValue(returned, name) ?? new RegExp(`^\\W{0,4}${name}[ \\t]*:[ \\t]*(\\S.{0,990})$`, 'im').exec(text)?.[1]
  return {
    deliveredTo: deliveredTo(mail),
    envelopeId: said.envelopeId ?? null,
    sendId: clean(named('x-send-id')),
    messageId: bareId(named('message-id') ?? said.messageId),
    feedbackId: clean(named('feedback-id')),
    subject: clean(decodeHeader(named('subject') ?? '')),
  }
}

function deliveredTo(mail: OpenedMail): string[] {
  const values = deliveredToHeaders.flatMap((name) => headers(mail, name))
  const forWhom = headers(mail, 'received').map((line) => /\bfor <?([^\s<>;]{3,320})/i.exec(line)?.[1] ?? '')
  const all = [...values, ...forWhom].flatMap((value) => findAddresses(value).map(({ address }) => address))
  return [...new Set(all)].slice(0, maxClues)
}

function clean(value: string | undefined): string | null {
  const text = value?.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return text ? text.slice(0, 998) : null
}

/** RFC 5322 3.6.4, without its brackets. */
function bareId(value: string | undefined): string | null {
  return clean(/<([^<>\s]{1,900})>/.exec(value ?? '')?.[1] ?? value)
}
