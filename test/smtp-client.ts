// A client of SMTP as plain as a socket, for tests of what a server says to good and bad ones.

import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface SmtpClient extends AsyncDisposable {
  socket: Socket
  /** Sends the line and gives the whole reply; undefined when the server has ended the connection. */
  say(line: string): Promise<string | undefined>
  /** The next reply. */
  hear(): Promise<string | undefined>
  /** Hands a mail over, up to the last reply. */
  mail(to: string, raw: Uint8Array): Promise<string | undefined>
}

/** Connected and greeted. */
export async function connectSmtp(port: number, localAddress = '127.0.0.1'): Promise<SmtpClient> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.setEncoding('latin1')
  socket.on('error', () => undefined)
  let held = ''
  let isOver = false
  let news = Promise.withResolvers<void>()
  const tell = (): void => {
    news.resolve()
    news = Promise.withResolvers()
  }
  socket.on('data', (chunk: string) => {
    held += chunk
    tell()
  })
  socket.on('close', () => {
    isOver = true
    tell()
  })
  const hear = async (): Promise<string | undefined> => {
    for (;;) {
      const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(held)?.[0]
      if (reply) {
        held = held.slice(reply.length)
        return reply.trimEnd()
      }
      if (isOver) return undefined
      await news.promise
    }
  }
  const say = async (line: string): Promise<string | undefined> => {
    socket.write(`${line}\r\n`)
    return hear()
  }
  await hear()
  await say('EHLO mx.example')
  return {
    socket,
    say,
    hear,
    mail: async (to, raw) => {
      for (const line of ['MAIL FROM:<>', `RCPT TO:<${to}>`, 'DATA']) {
        const reply = await say(line)
        if (!reply || /^[45]/.test(reply)) return reply
      }
      socket.write(Buffer.from(raw).toString('latin1').replaceAll(/^\./gm, '..'), 'latin1')
      return say('.')
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy()
      if (!isOver) await once(socket, 'close')
    },
  }
}
