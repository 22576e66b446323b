// A mail server that does what a test tells it to: answers with any text, hangs up or says nothing at any command.

import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** An answer, or one of two ways of giving none; `partial` is sent without a line break before it hangs up. */
export type Act = string | { act: 'drop' | 'silence'; partial?: string }

/** By command; `DOT` is the end of the message, `CONTENT` its first bytes, `connect` the greeting. */
export interface SmtpScript {
  connect?: Act
  EHLO?: Act
  HELO?: Act
  STARTTLS?: Act
  AUTH?: Act
  MAIL?: Act
  RCPT?: Act
  DATA?: Act
  CONTENT?: Act
  DOT?: Act
  RSET?: Act
  QUIT?: Act
}

export interface ScriptedServer extends AsyncDisposable {
  port: number
  /** All lines of all clients but those of messages. */
  commands: string[]
  messages: string[]
  /** What follows from now on, also on connections that are open. */
  script: SmtpScript
  connections(): number
  /** Sends something unasked to all clients, or hangs up on them. */
  interrupt(act: Act): void
}

const usual: Required<Omit<SmtpScript, 'CONTENT'>> = {
  connect: '220 script.example ESMTP',
  EHLO: '250-script.example greets you\r\n250 8BITMIME',
  HELO: '250 script.example',
  STARTTLS: '502 5.5.1 no',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 go on',
  DOT: '250 2.0.0 Ok: queued as 4FQ2XZ',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
}

export async function startScriptedServer(script: SmtpScript = {}): Promise<ScriptedServer> {
  const sockets = new Set<Socket>()
  const state = { commands: [] as string[], messages: [] as string[], script }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    serve(socket, state)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size,
    interrupt: (act: Act) => {
      for (const socket of sockets) perform(socket, act)
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
}

function serve(socket: Socket, state: { commands: string[]; messages: string[]; script: SmtpScript }): void {
  let pending = ''
  let isMessage = false
  const act = (name: keyof SmtpScript): void => perform(socket, state.script[name] ?? (usual as SmtpScript)[name] ?? '')
  const takeMessage = (): boolean => {
    if (state.script.CONTENT && pending !== '') {
      act('CONTENT')
      return false
    }
    const end = pending.startsWith('.\r\n') ? 0 : pending.indexOf('\r\n.\r\n')
    if (end < 0) return false
    state.messages.push(pending.slice(0, end))
    pending = pending.slice(end === 0 ? 3 : end + 5)
    isMessage = false
    act('DOT')
    return true
  }
  const takeLine = (): boolean => {
    const end = pending.indexOf('\r\n')
    if (end < 0) return false
    const line = pending.slice(0, end)
    pending = pending.slice(end + 2)
    state.commands.push(line)
    const name = line.split(' ')[0]!.toUpperCase() as keyof SmtpScript
    act(name)
    const answer = state.script.DATA ?? usual.DATA
    if (name === 'DATA' && typeof answer === 'string' && answer.startsWith('3')) isMessage = true
    if (name === 'QUIT') socket.end()
    return true
  }
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    pending += text
    while (isMessage ? takeMessage() : takeLine());
  })
  act('connect')
}

function perform(socket: Socket, act: Act): void {
  if (typeof act === 'string') {
    if (act !== '') socket.write(`${act}\r\n`)
    return
  }
  if (act.act === 'silence') return
  if (act.partial === undefined) socket.destroy()
  else socket.end(act.partial)
}
