// An IMAP server with one mailbox, as much of it as a reader of bounces needs, over real sockets: what it holds and what it
// can do is the test’s to say.

import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface HeldMail {
  uid: number
  raw: Buffer
}

export interface ImapServer extends AsyncDisposable {
  port: number
  /** By name. */
  folders: Map<string, HeldMail[]>
  uidValidity: number
  /** Lines that clients sent, without their tags. */
  heard: string[]
  /** Words for the tagged answer of a command instead of doing it; undefined does it. */
  refuse: (command: string) => string | undefined
  deliver(raw: Buffer): void
  /** Ends all connections. */
  drop(): void
  connections(): number
}

interface Abilities {
  hasIdle?: boolean
  hasMove?: boolean
}

type Answer = (line: string) => void

export async function startImapServer({ hasIdle = true, hasMove = true }: Abilities = {}): Promise<ImapServer> {
  const clients = new Set<Client>()
  const capabilities = `IMAP4rev1 UIDPLUS${hasIdle ? ' IDLE' : ''}${hasMove ? ' MOVE' : ''}`
  let lastUid = 0
  const server = createServer((socket) => {
    const client = new Client(held, socket, capabilities)
    clients.add(client)
    socket.on('error', () => undefined)
    socket.once('close', () => clients.delete(client))
  })
  const held: ImapServer = {
    port: 0,
    folders: new Map([['INBOX', []]]),
    uidValidity: 7,
    heard: [],
    refuse: () => undefined,
    deliver: (raw) => {
      const inbox = held.folders.get('INBOX')!
      inbox.push({ uid: ++lastUid, raw })
      for (const client of clients) client.tell(inbox.length)
    },
    drop: () => {
      for (const client of clients) client.socket.destroy()
    },
    connections: () => clients.size,
    [Symbol.asyncDispose]: async () => {
      held.drop()
      server.close()
      await once(server, 'close')
    },
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  held.port = (server.address() as AddressInfo).port
  return held
}

class Client {
  readonly socket: Socket
  readonly #held: ImapServer
  readonly #capabilities: string
  #idleTag: string | undefined
  #isSelected = false
  #news: number | undefined

  constructor(held: ImapServer, socket: Socket, capabilities: string) {
    this.#held = held
    this.socket = socket
    this.#capabilities = capabilities
    let rest = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n')
      rest = lines.pop()!
      for (const line of lines) this.#take(line)
    })
    this.#say('* OK ready')
  }

  /** Of new mail: at once while it idles, else with the next answer. */
  tell(count: number): void {
    if (!this.#isSelected) return
    if (this.#idleTag === undefined) this.#news = count
    else this.#say(`* ${count} EXISTS`)
  }

  #say(line: string | Buffer): void {
    this.socket.write(line)
    this.socket.write('\r\n')
  }

  #take(line: string): void {
    if (line === 'DONE' && this.#idleTag !== undefined) {
      this.#say(`${this.#idleTag} OK idle is over`)
      this.#idleTag = undefined
      return
    }
    const [, tag, command] = /^(\S+) (.*)$/.exec(line) ?? []
    if (tag === undefined || command === undefined) return this.#say('* BAD what?')
    this.#held.heard.push(command)
    const refused = this.#held.refuse(command)
    if (refused !== undefined) return this.#say(`${tag} ${refused}`)
    if (/^IDLE$/i.test(command)) {
      this.#idleTag = tag
      return this.#say('+ idling')
    }
    const handler = handlers.find(([pattern]) => pattern.test(command))
    if (!handler) return this.#say(`${tag} BAD unknown`)
    const [pattern, answer] = handler
    const words = answer(this.#held, (told) => this.#say(told), pattern.exec(command)!, this.#capabilities)
    if (/^SELECT/i.test(command)) this.#isSelected = true
    if (this.#news !== undefined) this.#say(`* ${this.#news} EXISTS`)
    this.#news = undefined
    this.#say(`${tag} ${words ?? 'OK done'}`)
  }
}

type Handler = (
  held: ImapServer,
  say: Answer,
  match: RegExpExecArray,
  capabilities: string,
) => string | undefined | void

const handlers: [RegExp, Handler][] = [
  [/^CAPABILITY$/i, (_, say, __, capabilities) => say(`* CAPABILITY ${capabilities}`)],
  [/^LOGIN "?(\S+?)"? "?(\S+?)"?$/i, (_, __, [, user, pass]) =>
    user === 'bounces' && pass === 'secret' ? undefined : 'NO [AUTHENTICATIONFAILED] wrong'],
  [/^(?:NOOP|LOGOUT|SUBSCRIBE .*|EXPUNGE|UID EXPUNGE .*|UID STORE .*|CLOSE|UNSELECT)$/i, (held, say, match) => {
    if (/EXPUNGE/i.test(match[0])) expunge(held, say)
    if (/STORE/i.test(match[0])) for (const mail of find(held, /STORE (\S+)/i.exec(match[0])![1]!)) deleted.add(mail)
  }],
  [/^LIST "" "?(.*?)"?$/i, (held, say, [, path]) => {
    if (path === '') say('* LIST (\\Noselect) "/" ""')
    for (const name of held.folders.keys()) if (name === path) say(`* LIST () "/" "${name}"`)
  }],
  [/^STATUS "?(.*?)"? \(.*\)$/i, (held, say, [, path]) => {
    const folder = held.folders.get(path!)
    if (!folder) return 'NO there is no such folder'
    say(`* STATUS "${path}" (MESSAGES ${folder.length})`)
  }],
  [/^CREATE "?(.*?)"?$/i, (held, _, [, path]) => {
    if (held.folders.has(path!)) return 'NO exists'
    held.folders.set(path!, [])
  }],
  [/^SELECT "?(.*?)"?$/i, (held, say, [, path]) => {
    const folder = held.folders.get(path!)
    if (!folder) return 'NO there is no such folder'
    say('* FLAGS (\\Seen \\Deleted)')
    say(`* ${folder.length} EXISTS`)
    say(`* OK [UIDVALIDITY ${held.uidValidity}] valid`)
    say(`* OK [UIDNEXT ${(folder.at(-1)?.uid ?? 0) + 1}] next`)
    return 'OK [READ-WRITE] selected'
  }],
  [/^UID SEARCH UID (\S+)$/i, (held, say, [, range]) =>
    say(['* SEARCH', ...find(held, range!).map(({ uid }) => uid)].join(' '))],
  [/^UID FETCH (\S+) /i, (held, say, [, range]) => {
    for (const mail of find(held, range!)) {
      const place = held.folders.get('INBOX')!.indexOf(mail) + 1
      const body = mail.raw.toString('latin1')
      say(Buffer.from(`* ${place} FETCH (UID ${mail.uid} INTERNALDATE "19-Nov-2009 14:00:00 +0000" BODY[]<0> {${body.length}}\r\n${body})`, 'latin1') as unknown as string)
    }
  }],
  [/^UID (MOVE|COPY) (\S+) "?(.*?)"?$/i, (held, say, [, verb, range, path]) => {
    const target = held.folders.get(path!)
    if (!target) return 'NO [TRYCREATE] there is no such folder'
    for (const mail of find(held, range!)) {
      target.push({ uid: target.length + 1, raw: mail.raw })
      if (verb!.toUpperCase() === 'MOVE') deleted.add(mail)
    }
    expunge(held, say)
  }],
] // oxfmt-ignore

const deleted = new WeakSet<HeldMail>()

function expunge(held: ImapServer, say: Answer): void {
  const inbox = held.folders.get('INBOX')!
  for (let i = inbox.length - 1; i >= 0; i--)
    if (deleted.has(inbox[i]!)) {
      inbox.splice(i, 1)
      say(`* ${i + 1} EXPUNGE`)
    }
}

/** A star is the last mail there is, so that any range ending with it finds that one (RFC 3501 6.4.8). */
function find(held: ImapServer, range: string): HeldMail[] {
  const inbox = held.folders.get('INBOX')!
  const last = inbox.at(-1)?.uid ?? 0
  const parts = range.split(',').map((part) => {
    const [from, to = from] = part.split(':').map((end) => (end === '*' ? last : Number(end)))
    return [Math.min(from!, to!), Math.max(from!, to!)] as const
  })
  return inbox.filter(({ uid }) => parts.some(([from, to]) => uid >= from && uid <= to))
}
