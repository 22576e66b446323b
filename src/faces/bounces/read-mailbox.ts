// Takes in what lies in a mailbox: some mails at a time, each moved away once it is stored, and never before. Used by
// mailbox.ts.

import type { ImapFlow } from 'imapflow'
import type { App } from '../../app.ts'
import { ingestReport, maxMailBytes } from '../../core/bounces/ingest-report.ts'
import type { MailboxPosition } from '../../core/bounces/mailbox-position.ts'
import { UnavailableError } from '../../errors.ts'

export interface OpenMailbox {
  client: ImapFlow
  doneFolder: string
  position: MailboxPosition
  /** Notes how far it is; throws when another process has the mailbox by now. */
  save(position: MailboxPosition): Promise<void>
  signal: AbortSignal
}

interface FetchedMail {
  uid: number
  source?: Uint8Array | undefined
  internalDate?: Date | string | undefined
}

/** Fetched together: mails of the greatest size still fit into memory. */
const perFetch = 10

/** Returns when there is nothing new; what could not be stored is still there, and comes again. */
export async function readMailbox(app: App, mailbox: OpenMailbox): Promise<void> {
  const { client, signal } = mailbox
  const uidValidity = client.mailbox ? Number(client.mailbox.uidValidity) : 0
  if (uidValidity !== mailbox.position.uidValidity) mailbox.position = { uidValidity, lastUid: 0 }
  for (;;) {
    const { lastUid } = mailbox.position
    const found = await client.search({ uid: `${lastUid + 1}:*` }, { uid: true })
    // The last mail matches any range that ends with a star (RFC 3501 6.4.8).
    const uids = (found || []).filter((uid) => uid > lastUid).toSorted((a, b) => a - b)
    if (uids.length === 0 || signal.aborted) return
    await readSome(app, mailbox, uids.slice(0, perFetch))
  }
}

async function readSome(app: App, mailbox: OpenMailbox, uids: readonly number[]): Promise<void> {
  const { client, doneFolder } = mailbox
  const query = { uid: true, internalDate: true, source: { maxLength: maxMailBytes + 1 } }
  const mails = await client.fetchAll(uids.join(','), query, { uid: true })
  const done: number[] = []
  let failure: unknown
  let lastUid = mailbox.position.lastUid
  for (const mail of mails.toSorted((a, b) => a.uid - b.uid)) {
    try {
      if (await isDone(app, mail)) done.push(mail.uid)
      lastUid = mail.uid
    } catch (error) {
      failure = error
      break
    }
  }
  // Mails that are gone by now are done too.
  if (failure === undefined) lastUid = uids.at(-1)!
  if (done.length > 0 && (await client.messageMove(done.join(','), doneFolder, { uid: true })) === false)
    throw new Error(`mails can not be moved to the folder ${doneFolder}`)
  mailbox.position = { ...mailbox.position, lastUid }
  await mailbox.save(mailbox.position)
  if (failure !== undefined) throw failure
}

/** False for what stays where it is: mail that is no report of ours, for people to read. Rejects while the store is away. */
async function isDone(app: App, { uid, source, internalDate }: FetchedMail): Promise<boolean> {
  if (!source) return false
  if (source.length > maxMailBytes) {
    app.log.warn({ uid }, 'a mail in the mailbox for bounces is too large to be read; it stays there')
    return false
  }
  const receivedAt = internalDate === undefined ? app.now() : new Date(internalDate).getTime()
  try {
    const mail = { raw: source, receivedAt: Number.isNaN(receivedAt) ? app.now() : receivedAt, way: 'imap' } as const
    return (await ingestReport(app, mail)).outcome !== 'ignored'
  } catch (error) {
    if (error instanceof UnavailableError) throw error
    app.log.error({ err: error, uid }, 'a mail in the mailbox for bounces can not be taken in; it stays there')
    return false
  }
}
