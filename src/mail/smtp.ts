// The relay: a few connections by SMTP that are used again, and exactly what became of each message. Used by the outbox.

import type { Envelope } from './message.ts'
import type { RelaySettings } from './relay-url.ts'
import { notSent } from './smtp-answer.ts'
import type { RelayCapabilities } from './smtp-capabilities.ts'
import type { NotSent, Peer, SmtpOutcome } from './smtp-outcome.ts'
import { makePool } from './smtp-pool.ts'
import type { Pool } from './smtp-pool.ts'
import { openSession, relayTimeouts } from './smtp-session.ts'
import type { RelayTimeouts, Session } from './smtp-session.ts'

/** It belongs to whoever got it, until released. */
export interface RelayConnection {
  readonly peer: Peer
  readonly capabilities: RelayCapabilities
  /** One message to one recipient; never throws and never retries by itself. One at a time. */
  send(envelope: Envelope, raw: Buffer): Promise<SmtpOutcome>
  /** Kept for the next one, unless it broke or was used up. More than once does nothing. */
  release(): void
}

export interface Connected {
  kind: 'connected'
  connection: RelayConnection
}

interface RelayReport {
  kind: 'report'
  peer: Peer
  capabilities: RelayCapabilities
  hasLoggedIn: boolean
}

export interface Relay {
  readonly settings: RelaySettings
  /**
   * Waits while all connections are in use; then an idle one, or a new one that has logged in. Never throws: that
   * nobody can be reached is a value.
   */
  connect(signal?: AbortSignal): Promise<Connected | NotSent>
  /** For the doctor: a connection of its own, up to the login. */
  verify(signal?: AbortSignal): Promise<RelayReport | NotSent>
  counts(): { busy: number; idle: number; waiting: number }
  /** Who waits gets nothing any more; returns when those in use were released, too. */
  close(): Promise<void>
}

export interface RelayOptions {
  now?: () => number
  timeouts?: Partial<RelayTimeouts>
}

/** Opens nothing until someone wants a connection. */
export function openRelay(settings: RelaySettings, options: RelayOptions = {}): Relay {
  const now = options.now ?? Date.now
  const timeouts = { ...relayTimeouts, ...options.timeouts }
  const pool = makePool({ places: settings.poolSize, maxMessages: settings.maxMessages, idleMs: timeouts.idle })
  const closing = new AbortController()
  const open = (signal?: AbortSignal): Promise<Session | NotSent> =>
    openSession(settings, timeouts, now, signal ? AbortSignal.any([signal, closing.signal]) : closing.signal)
  return {
    settings,
    async connect(signal) {
      const place = await pool.take(signal)
      if (place === 'cancelled') return notSent('cancelled', 'it was cancelled', now())
      if (place !== 'free') return lend(place, pool)
      const session = await open(signal)
      if (!('kind' in session)) return lend(session, pool)
      pool.putBack()
      return session
    },
    async verify(signal) {
      const session = await open(signal)
      if ('kind' in session) return session
      const { peer, capabilities, hasLoggedIn } = session
      await session.close()
      return { kind: 'report', peer, capabilities, hasLoggedIn }
    },
    counts: () => pool.counts(),
    async close() {
      closing.abort()
      await pool.close()
    },
  }
}

function lend(session: Session, pool: Pool): Connected {
  let isReleased = false
  const connection: RelayConnection = {
    peer: session.peer,
    capabilities: session.capabilities,
    send: (envelope, raw) => session.send(envelope, raw),
    release() {
      if (isReleased) return
      isReleased = true
      pool.putBack(session)
    },
  }
  return { kind: 'connected', connection }
}
