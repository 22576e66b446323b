// Takes mail that comes back in by SMTP: for addresses that this installation gave out, and for nothing else, so that it can
// be no relay for anybody. What is answered with 250 is stored. Started by start-bounces.ts.

import { SMTPServer } from 'smtp-server'
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { AddressInfo, Socket } from 'node:net'
import type { App } from '../../app.ts'
import { parseBounceAddress } from '../../core/bounces/bounce-address.ts'
import { ingestReport, maxMailBytes } from '../../core/bounces/ingest-report.ts'
import { openMailToken } from '../../core/bounces/open-token.ts'
import { ConfigError, UnavailableError } from '../../errors.ts'

export interface SmtpListener extends AsyncDisposable {
  port: number
}

export interface SmtpLimits {
  connections: number
  /** From one address. */
  perAddress: number
  /** In ms: a client that says nothing, and how long any may stay. */
  idleTime: number
  longestStay: number
  /** Recipients refused before the connection is ended. */
  refusals: number
}

const usualLimits: SmtpLimits = {
  connections: 100,
  perAddress: 20,
  idleTime: 60_000,
  longestStay: 600_000,
  refusals: 20,
}
/** A bounce has one; a server that puts several into one transaction is not wrong. */
const maxRecipients = 10
/** RFC 5321 4.5.3.1.4 wants 512, and longer ones for extensions. */
const maxCommandLength = 2048
/** How long a stop waits for what is being stored, in ms. */
const closeTimeout = 10_000
const needless = ['AUTH', 'VRFY', 'EXPN', 'HELP', 'WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD']

/** Listens until disposed; throws ConfigError when the address can't be had. */
export async function listenForBounces(app: App, limits: SmtpLimits = usualLimits): Promise<SmtpListener> {
  const { bounceListen, bounceDomain, bounceTlsCert: cert, bounceTlsKey: key } = app.config
  const { host, port } = bounceListen!
  const guests = new Guests(limits)
  const server = new SMTPServer({
    name: bounceDomain!,
    size: maxMailBytes,
    rejectOversized: true,
    maxClients: limits.connections,
    maxRecipients,
    maxCommandLength,
    socketTimeout: limits.idleTime,
    closeTimeout,
    lenientAddressParsing: true,
    authOptional: true,
    disabledCommands: cert === undefined ? [...needless, 'STARTTLS'] : needless,
    ...(cert !== undefined && { cert, key }),
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    logger: false,
    onConnect: (session, done) => done(guests.welcome(session)),
    onClose: (session) => guests.leave(session),
    onRcptTo: ({ address }, session, done) => {
      checkRecipient(app, address).then(
        (refusal) => done(refusal && guests.refuse(session, refusal)),
        (error: unknown) => done(away(app, error)),
      )
    },
    onData: (stream, session, done) => {
      take(app, stream, session).then(
        () => done(null, 'stored'),
        (error: unknown) => done(away(app, error)),
      )
    },
  })
  // Of single connections: their end is no matter of ours.
  server.on('error', (error) => app.log.debug({ reason: error.message }, 'a connection with bounces failed'))
  server.server.on('connection', (socket: Socket) => {
    const leave = setTimeout(() => socket.destroy(), limits.longestStay)
    leave.unref()
    socket.once('close', () => clearTimeout(leave))
  })
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ConfigError(`CONTRAIL_BOUNCE_LISTEN: can't listen on ${host} port ${port} (${error.code})`)),
    )
    server.listen(port, host, resolve)
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Who is connected, and how often each was refused. */
class Guests {
  readonly #limits: SmtpLimits
  readonly #present = new Map<string, { address: string; refusals: number }>()
  readonly #perAddress = new Map<string, number>()

  constructor(limits: SmtpLimits) {
    this.#limits = limits
  }

  welcome({ id, remoteAddress: address }: SMTPServerSession): Error | null {
    const count = this.#perAddress.get(address) ?? 0
    if (count >= this.#limits.perAddress) return reply(421, 'too many connections from your address')
    this.#perAddress.set(address, count + 1)
    this.#present.set(id, { address, refusals: 0 })
    return null
  }

  leave({ id }: SMTPServerSession): void {
    const guest = this.#present.get(id)
    if (!guest || !this.#present.delete(id)) return
    const left = this.#perAddress.get(guest.address)! - 1
    if (left > 0) this.#perAddress.set(guest.address, left)
    else this.#perAddress.delete(guest.address)
  }

  /** The refusal, or the end of the connection for who tries one address after the other. */
  refuse({ id }: SMTPServerSession, refusal: Error): Error {
    const guest = this.#present.get(id)
    if (!guest || ++guest.refusals < this.#limits.refusals) return refusal
    return reply(421, 'too many addresses that are none of ours')
  }
}

/** Undefined for an address of ours. */
async function checkRecipient(app: App, address: string): Promise<Error | undefined> {
  const parsed = parseBounceAddress(address, app.config.bounceDomain)
  if (parsed && !('token' in parsed)) return undefined
  const purpose = parsed?.kind === 'unsubscribe' ? 'unsubscribe' : 'verp'
  const fields = parsed && (await openMailToken(app.tracking.keys, purpose, parsed.token, 'hex'))
  return fields ? undefined : reply(550, 'no such address here')
}

/** Resolves when it is stored for every recipient; a second try finds what the first has stored. */
async function take(app: App, stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const raw = await readAll(stream)
  // The server refuses it by itself.
  if (!raw) return
  const { mailFrom, rcptTo } = session.envelope
  const receivedAt = app.now()
  const envelopeFrom = mailFrom ? mailFrom.address : ''
  for (const { address } of rcptTo)
    await ingestReport(app, { raw, envelopeTo: address, envelopeFrom, receivedAt, way: 'smtp' })
}

/** Undefined when it is too large; the rest of it is read and forgotten. */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  let chunks: Buffer[] = []
  for await (const chunk of stream) {
    if (stream.sizeExceeded) chunks = []
    else chunks.push(chunk as Buffer)
  }
  return stream.sizeExceeded ? undefined : Buffer.concat(chunks)
}

/** Whoever sent it keeps it and tries again. */
function away(app: App, error: unknown): Error {
  // It went away before all of it had come.
  if (error instanceof Error && 'code' in error && error.code === 'ECONNECTION') return reply(451, error.message)
  if (error instanceof UnavailableError) app.noteOutage(error)
  else app.log.error({ err: error }, 'mail that came back could not be taken in')
  return reply(451, 'it can not be stored now: try again later')
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
