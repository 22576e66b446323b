// One connection to the relay, from the look-up of its name to QUIT. Used by the pool in smtp.ts.
//
// nodemailer's connection speaks; only what it promises in public is used here. A message goes in as a stream, because
// a stream knows when its last byte was asked for, and so whether anything can have been sent.

import { TLSSocket } from 'node:tls'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Envelope } from './message.ts'
import type { RelaySettings } from './relay-url.ts'
import { judgeConnectFailure, notSent } from './smtp-answer.ts'
import type { SmtpError } from './smtp-answer.ts'
import { readCapabilities } from './smtp-capabilities.ts'
import type { RelayCapabilities } from './smtp-capabilities.ts'
import type { NotSent, Peer, SmtpOutcome } from './smtp-outcome.ts'
import { run } from './smtp-step.ts'
import { sendMessage } from './smtp-transaction.ts'

export interface RelayTimeouts {
  /** Milliseconds: from the look-up of the name to the end of the login. */
  connect: number
  /** Until the greeting. */
  greeting: number
  /** Without a byte; more than the 10 minutes of RFC 5321 4.5.3.2.6, or doubt is made that need not be. */
  socket: number
  /** An idle connection is closed after so long. */
  idle: number
}

export const relayTimeouts: RelayTimeouts = { connect: 60_000, greeting: 30_000, socket: 11 * 60_000, idle: 20_000 }

export interface Session {
  readonly peer: Peer
  readonly capabilities: RelayCapabilities
  readonly hasLoggedIn: boolean
  /** How many messages were tried over it. */
  readonly sent: number
  /** False once it ended, whoever ended it. */
  readonly isOpen: boolean
  send(envelope: Envelope, raw: Buffer): Promise<SmtpOutcome>
  /** Says QUIT and waits a moment for the answer. */
  close(): Promise<void>
}

const quitMs = 1000

/** Never throws. */
export async function openSession(
  settings: RelaySettings,
  timeouts: RelayTimeouts,
  now: () => number,
  signal?: AbortSignal,
): Promise<Session | NotSent> {
  if (signal?.aborted) return notSent('cancelled', 'it was cancelled', now())
  const smtp = new SMTPConnection(connectionOptions(settings, timeouts))
  // An idle connection breaks with nobody waiting; without a listener the process would end.
  smtp.on('error', () => undefined)
  const limit = AbortSignal.timeout(timeouts.connect)
  const opening = signal ? AbortSignal.any([signal, limit]) : limit
  const giveUp = (error: SmtpError): NotSent => {
    smtp.close()
    if (signal?.aborted) return notSent('cancelled', 'it was cancelled', now())
    return judgeConnectFailure(
      limit.aborted ? { message: 'it took too long to connect', code: 'ETIMEDOUT' } : error,
      now(),
    )
  }
  const connecting = await run<void>(smtp, (done) => smtp.connect(done), opening)
  if (connecting.error) return giveUp(connecting.error)
  const capabilities = readCapabilities(smtp.lastServerResponse || '')
  const peer = readPeer(smtp, settings, capabilities)
  const { credentials } = settings
  if (credentials) {
    const fault = findLoginFault(smtp, peer, settings)
    if (fault) return giveUp(fault)
    const { user, password: pass } = credentials
    const login = await run<boolean>(smtp, (done) => smtp.login({ user, pass }, done), opening)
    if (login.error) return giveUp(login.error)
  }
  return makeSession(smtp, peer, capabilities, credentials !== undefined, now)
}

function connectionOptions(settings: RelaySettings, timeouts: RelayTimeouts): SMTPConnection.Options {
  const { host, port, isImplicitTls, tls, clientName } = settings
  return {
    host,
    port,
    secure: isImplicitTls,
    requireTLS: tls === 'required' && !isImplicitTls,
    ignoreTLS: tls === 'none',
    opportunisticTLS: tls === 'opportunistic',
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    maxResponseSize: 64 * 1024,
    tls: { rejectUnauthorized: tls === 'required' },
    ...(clientName !== undefined && { name: clientName }),
  }
}

function readPeer(
  { _socket: socket }: SMTPConnection,
  { host, port }: RelaySettings,
  { name }: RelayCapabilities,
): Peer {
  const address = (socket || undefined)?.remoteAddress ?? host
  const isTls = socket instanceof TLSSocket
  return {
    name: name || host,
    address: address.replace(/^::ffff:(?=\d+\.)/, ''),
    port,
    ...(isTls && { tls: { version: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName } }),
  }
}

/** Before a password goes out. */
function findLoginFault({ allowsAuth }: SMTPConnection, peer: Peer, { tls }: RelaySettings): SmtpError | undefined {
  const isLocal = peer.address === '::1' || peer.address.startsWith('127.')
  if (!peer.tls && tls !== 'none' && !isLocal)
    return {
      code: 'ETLS',
      message: 'the relay offers no TLS, and no password goes out without; tls=none would allow it',
    }
  if (allowsAuth) return undefined
  const hint = peer.tls ? '' : ' (perhaps it does with TLS)'
  return { code: 'EAUTH', message: `there is a user and a password, but the relay offers no login${hint}` }
}

function makeSession(
  smtp: SMTPConnection,
  peer: Peer,
  capabilities: RelayCapabilities,
  hasLoggedIn: boolean,
  now: () => number,
): Session {
  let sent = 0
  let needsReset = false
  let isOpen = !smtp.destroyed
  smtp.once('end', () => {
    isOpen = false
  })
  return {
    peer,
    capabilities,
    hasLoggedIn,
    get sent() {
      return sent
    },
    get isOpen() {
      return isOpen
    },
    async send(envelope, raw) {
      const isReused = sent++ > 0
      // What an answer other than 250 leaves open (RFC 5321 4.1.1.5).
      if (needsReset) {
        const reset = await run<boolean>(smtp, (done) => smtp.reset(done))
        if (reset.error) return notSent('stale', reset.error.message, now())
      }
      const outcome = await sendMessage(smtp, { envelope, raw, peer, capabilities, isReused, now })
      needsReset = outcome.kind === 'deferred' || outcome.kind === 'refused'
      if (outcome.kind === 'unknown' || outcome.kind === 'notSent') smtp.close()
      return outcome
    },
    async close() {
      if (!isOpen) return
      const timer = setTimeout(() => smtp.close(), quitMs)
      await run<void>(smtp, () => smtp.quit())
      clearTimeout(timer)
    },
  }
}
