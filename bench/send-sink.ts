// A server that takes mail as fast as a socket can, and throws it away: SMTP by the letter, nothing looked at. Both sides of
// the sending bench hand over to it. Started by send.ts.

import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { answerParent } from './child.ts'

let taken = 0

const server = createServer((socket) => {
  socket.setNoDelay()
  socket.on('error', () => undefined)
  socket.write('220 sink.example ESMTP\r\n')
  serve(socket)
})

function serve(socket: Socket): void {
  let rest = ''
  let isData = false
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    rest += String(chunk)
    for (;;) {
      const mark = isData ? '\r\n.\r\n' : '\r\n'
      const end = rest.indexOf(mark)
      if (end < 0) {
        // Of a message only its end matters.
        if (isData) rest = rest.slice(-4)
        return
      }
      const verb = isData ? 'END' : rest.slice(0, 4).toUpperCase()
      rest = rest.slice(end + mark.length)
      if (isData) taken++
      isData = verb === 'DATA'
      socket.write(answers[verb] ?? '250 OK\r\n')
      if (verb === 'QUIT') return void socket.end()
    }
  })
}

const answers: Readonly<Record<string, string>> = {
  EHLO: '250-sink.example\r\n250-8BITMIME\r\n250 SIZE 30000000\r\n',
  DATA: '354 go on\r\n',
  END: '250 2.0.0 Ok: queued as 4TgXk\r\n',
  QUIT: '221 bye\r\n',
}

server.listen(0, '127.0.0.1', () => undefined)
answerParent(async () => {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  return { port: (server.address() as AddressInfo).port, taken }
})
