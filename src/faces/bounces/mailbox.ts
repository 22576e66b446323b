// Reads the mailbox that bounces arrive in, for as long as the program runs: one process of all, told by the server of what
// comes, connecting again whenever the connection ends. Started by start-bounces.ts.

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ImapFlow } from 'imapflow'
import type { App } from '../../app.ts'
import type { MailboxSettings } from '../../bounce-options.ts'
import { keepMailbox, leaveMailbox, takeMailbox } from '../../core/bounces/mailbox-position.ts'
import { UnavailableError } from '../../errors.ts'
import { readMailbox } from './read-mailbox.ts'
import type { OpenMailbox } from './read-mailbox.ts'

export interface MailboxTimes {
  /** Between looks, where the server tells nothing by itself; also how often the process says that it is still there. */
  poll: number
  /** Between looks whether another process still reads it. */
  stand: number
  /** Before connecting again, longer each time; and after a log-in that was refused, which servers dislike. */
  firstPause: number
  longestPause: number
  refusedPause: number
}

const usualTimes: MailboxTimes = {
  poll: 20_000,
  stand: 20_000,
  firstPause: 1000,
  longestPause: 60_000,
  refusedPause: 300_000,
}

/** Of an answer that holds ten mails of the greatest size, and of a server that holds back. In bytes and ms. */
const maxLiteralSize = 2 * 1024 * 1024
const patience = 30_000

/** Runs until disposed. */
export function startMailbox(app: App, settings: MailboxSettings, times: MailboxTimes = usualTimes): AsyncDisposable {
  const stop = new AbortController()
  const running = readForEver({ app, settings, times, stop: stop.signal, holder: randomUUID() })
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await running
    },
  }
}

interface Reading {
  app: App
  settings: MailboxSettings
  times: MailboxTimes
  stop: AbortSignal
  holder: string
}

async function readForEver(reading: Reading): Promise<void> {
  const { app, times, stop } = reading
  for (let pause = times.firstPause; !stop.aborted;) {
    const begunAt = performance.now()
    try {
      const wasTaken = await readWhileConnected(reading)
      await rest(reading, wasTaken ? times.firstPause : times.stand)
      pause = times.firstPause
    } catch (error) {
      if (stop.aborted) break
      const isRefused = (error as { authenticationFailed?: boolean }).authenticationFailed === true
      app.log.warn({ reason: reasonOf(error) }, 'the mailbox for bounces can not be read; it is tried again')
      if (performance.now() - begunAt > times.longestPause) pause = times.firstPause
      await rest(reading, isRefused ? times.refusedPause : pause)
      pause = Math.min(2 * pause, times.longestPause)
    }
  }
  await leaveMailbox(app.db, nameOf(reading.settings), reading.holder).catch(() => undefined)
}

/** Until the connection ends; false when another process has the mailbox. */
async function readWhileConnected(reading: Reading): Promise<boolean> {
  const { app, settings, stop, holder } = reading
  const position = await takeMailbox(app.db, nameOf(settings), holder, app.now())
  if (!position) return false
  const client = createClient(settings)
  let failure: Error | undefined
  client.on('error', (error) => (failure = error))
  const end = (): void => client.close()
  stop.addEventListener('abort', end, { once: true })
  try {
    await client.connect()
    await createFolder(client, settings.doneFolder)
    await client.mailboxOpen(settings.folder)
    const news = new News(client, reading)
    const save: OpenMailbox['save'] = async (reached) => {
      if (!(await keepMailbox(app.db, nameOf(settings), holder, app.now(), reached)))
        throw new UnavailableError('another process reads the mailbox')
    }
    const mailbox = { client, doneFolder: settings.doneFolder, position, save, signal: stop }
    app.log.info({ mailbox: nameOf(settings) }, 'bounces are read from a mailbox')
    while (client.usable && !stop.aborted) {
      await news.wait(() => readMailbox(app, mailbox))
      await save(mailbox.position)
    }
  } finally {
    stop.removeEventListener('abort', end)
    client.close()
  }
  if (failure) throw failure
  return true
}

function createClient({ host, port, isSecure, mayBeOpen, user, password }: MailboxSettings): ImapFlow {
  return new ImapFlow({
    host,
    port,
    secure: isSecure,
    ...(!isSecure && { doSTARTTLS: !mayBeOpen }),
    auth: { user, pass: password },
    logger: false,
    connectionTimeout: patience,
    autoIdleDelay: 200,
    maxLiteralSize,
    maxResponseSize: 2 * maxLiteralSize,
    disableCompression: true,
  })
}

/** Of servers, some say that a folder exists by refusing to create it, in words of their own. */
async function createFolder(client: ImapFlow, path: string): Promise<void> {
  const held = await client.status(path, { messages: true }).catch(() => false)
  if (!held) await client.mailboxCreate(path)
}

/** What the server tells of by itself. */
class News {
  readonly #reading: Reading
  #told = new AbortController()

  constructor(client: ImapFlow, reading: Reading) {
    this.#reading = reading
    for (const event of ['exists', 'close'] as const) client.on(event, () => this.#told.abort())
  }

  /** Does the work, then waits until there was news since it began, or it is time to look anyway. */
  async wait(work: () => Promise<void>): Promise<void> {
    const { times, stop } = this.#reading
    this.#told = new AbortController()
    await work()
    const signal = AbortSignal.any([this.#told.signal, stop])
    await setTimeout(times.poll, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

async function rest({ stop }: Reading, ms: number): Promise<void> {
  await setTimeout(ms, undefined, { signal: stop, ref: false }).catch(() => undefined)
}

function nameOf({ user, host, folder }: MailboxSettings): string {
  return `${user}@${host}/${folder}`
}

/** What the server said, where it said something; never the command, which may hold the password. */
function reasonOf(error: unknown): string {
  const { responseText, message } = error as { responseText?: unknown; message: string }
  return typeof responseText === 'string' && responseText !== '' ? responseText : message
}
