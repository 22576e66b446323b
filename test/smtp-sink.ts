// A real SMTP server that takes mail and answers as it is told to. Used by the tests of sending, and by its bench.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerDataStream } from 'smtp-server'

export interface SunkMessage {
  from: string
  to: string
  raw: string
}

export interface SinkAnswers {
  /** What RCPT TO is answered with; undefined is 250. */
  rcpt?: (to: string) => string | undefined
  /** What MAIL FROM is answered with; undefined is 250. */
  mail?: (from: string) => string | undefined
  /** What the final dot is answered with; undefined is 250, `drop` ends the connection instead, having kept the mail. */
  data?: (message: SunkMessage) => string | undefined | Promise<string | undefined>
}

export interface SmtpSink extends AsyncDisposable {
  port: number
  url: string
  /** All that were taken over, in that order. */
  messages: SunkMessage[]
  answers: SinkAnswers
}

export async function startSmtpSink(answers: SinkAnswers = {}, { keepsRaw = true } = {}): Promise<SmtpSink> {
  const sink = { messages: [] as SunkMessage[], answers }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onMailFrom: ({ address }, _session, done) => done(toError(sink.answers.mail?.(address))),
    onRcptTo: ({ address }, _session, done) => done(toError(sink.answers.rcpt?.(address))),
    onData: (stream, session, done) => {
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
      const to = session.envelope.rcptTo[0]!.address
      const take = async (): Promise<void> => {
        const message = { from, to, raw: await readAll(stream, keepsRaw) }
        const answer = await sink.answers.data?.(message)
        if (answer === undefined || answer === 'drop') sink.messages.push(message)
        if (answer === 'drop') return connections.get(session.id)?.()
        done(toError(answer))
      }
      // A client that is killed leaves half a message.
      take().catch(() => done(toError('451 not all of it came')))
    },
  })
  const connections = new Map<string, () => void>()
  server.on('error', () => undefined)
  server.onConnect = (session, done) => {
    const { connections: open } = server as unknown as {
      connections: Set<{ id: string; _socket: { destroy(): void } }>
    }
    const connection = [...open].find(({ id }) => id === session.id)
    connections.set(session.id, () => connection?._socket.destroy())
    done()
  }
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return Object.assign(sink, {
    port,
    url: `smtp://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  })
}

async function readAll(stream: SMTPServerDataStream, isKept: boolean): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) if (isKept) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}

/** `550 5.1.1 no such user` as the server wants to be told. */
function toError(answer: string | undefined): Error | null {
  if (answer === undefined || answer === 'drop') return null
  return Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) })
}
