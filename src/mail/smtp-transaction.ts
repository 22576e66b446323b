// One message over a connection that is ready: MAIL, RCPT, DATA, and what came of it. Used by smtp-session.ts.

import { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Envelope } from './message.ts'
import { parseQueueId } from './queue-id.ts'
import { joinReply, judgeFailure, readStatus } from './smtp-answer.ts'
import type { RelayCapabilities } from './smtp-capabilities.ts'
import type { Peer, Refused, SmtpOutcome } from './smtp-outcome.ts'
import { run } from './smtp-step.ts'

interface Transaction {
  envelope: Envelope
  raw: Buffer
  peer: Peer
  capabilities: RelayCapabilities
  /** The connection has carried a message before. */
  isReused: boolean
  now: () => number
}

/** How a message is cut, so that a large one can be seen to have been handed over only in part. */
const chunkBytes = 64 * 1024

/** Never throws. */
export async function sendMessage(smtp: SMTPConnection, transaction: Transaction): Promise<SmtpOutcome> {
  const { envelope, raw, peer, isReused, now } = transaction
  const refusal = findLocalRefusal(transaction)
  if (refusal) return refusal
  const source = readInChunks(raw)
  const { error, result } = await run<SMTPConnection.SentMessageInfo>(smtp, (done) =>
    smtp.send(smtpEnvelope(envelope, raw.length), source.stream, done),
  )
  const at = now()
  if (!result)
    return judgeFailure(error ?? { message: 'no answer' }, {
      peer,
      at,
      wasHandedOver: source.wasReadToTheEnd(),
      isReused,
    })
  const reply = joinReply(result.response)
  const status = readStatus(reply)
  const queueId = parseQueueId(reply)
  return {
    kind: 'accepted',
    code: Number(reply.slice(0, 3)),
    ...(status !== undefined && { status }),
    reply,
    ...(queueId !== undefined && { queueId }),
    peer,
    at,
  }
}

/** What the relay said it can't do needs no asking. */
function findLocalRefusal({ envelope, raw, capabilities, peer, now }: Transaction): Refused | undefined {
  const refuse = (code: number, status: string, why: string): Refused => ({
    kind: 'refused',
    stage: 'mail',
    code,
    status,
    reply: `${code} ${status} ${why}`,
    peer,
    at: now(),
    isLocal: true,
  })
  // RFC 6531 3.5.
  if (envelope.needsSmtpUtf8 && !capabilities.smtpUtf8)
    return refuse(550, '5.6.7', `the address is not ASCII, and ${peer.name} does not offer SMTPUTF8`)
  if (capabilities.size !== undefined && raw.length > capabilities.size)
    return refuse(552, '5.3.4', `the message has ${raw.length} bytes, and ${peer.name} takes ${capabilities.size}`)
  return undefined
}

/** RFC 3461 where the relay knows it: nodemailer leaves it out otherwise, as it does SIZE and SMTPUTF8. */
function smtpEnvelope({ from, to, envelopeId, needsSmtpUtf8 }: Envelope, size: number): SMTPConnection.Envelope {
  const dsn = {
    ret: 'HDRS',
    notify: ['FAILURE', 'DELAY'],
    ...(envelopeId !== undefined && { envid: envelopeId }),
    // RFC 6533 3: an address that is not ASCII would need a form of its own.
    ...(!/[^\x21-\x7e]/.test(to) && { orcpt: `rfc822;${to}` }),
  }
  return {
    from: from === '' ? false : from,
    to: [to],
    size,
    use8BitMime: needsSmtpUtf8,
    ...(envelopeId !== undefined && { dsn }),
  }
}

function readInChunks(raw: Buffer): { stream: Readable; wasReadToTheEnd: () => boolean } {
  let at = 0
  const stream = new Readable({
    highWaterMark: chunkBytes,
    read() {
      const next = Math.min(at + chunkBytes, raw.length)
      this.push(raw.subarray(at, next))
      at = next
      if (at === raw.length) this.push(null)
    },
  })
  return { stream, wasReadToTheEnd: () => at === raw.length }
}
