// A contact with a mail in its hands, and what its programs ask for. Used by the tests of the pages readers see.

import { sealToken } from '../src/core/tracking/token.ts'
import type { TokenFields, TokenPurpose } from '../src/core/tracking/token.ts'
import { listHistory } from '../src/core/events/history.ts'
import { findSuppression } from '../src/core/suppressions/suppression.ts'
import { sql } from '../src/db/sql.ts'
import { importLines } from './import-lines.ts'
import { host, startTestServer } from './server.ts'
import type { TestServer } from './server.ts'

export const readerEmail = 'jflowers@mail.com'

export interface Mailed extends TestServer {
  /** The path of a page of the mail. */
  path(purpose: keyof typeof letters, changes?: Partial<TokenFields>): string
  token(purpose: TokenPurpose, changes?: Partial<TokenFields>): string
  ask(path: string, method?: string, init?: RequestInit): Promise<Response>
  /** Posts a form as a browser does. */
  send(path: string, fields: string | Record<string, string> | [string, string][]): Promise<Response>
  /** Everything that the pages could have changed about the contact. */
  state(): Promise<ReaderState>
}

export interface ReaderState {
  status: string | undefined
  reason: string | null | undefined
  lists: number[]
  tracking: string | undefined
  suppression: string | undefined
  /** Kind and text of each event, newest first. */
  events: string[]
  /** Kinds by number, oldest first. */
  hits: number[]
  consents: number
}

const letters = { unsubscribe: 'u', preferences: 's', view: 'v', share: 'p', forward: 'f' } as const

export async function startMailed(): Promise<Mailed> {
  const server = await startTestServer()
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'list', id: 2, name: 'Garden Club' },
    { type: 'list', id: 3, name: 'Secret Wholesale' },
    { type: 'campaign', id: 1100, name: 'October', fromName: 'Joe’s Flowers', html: '<p>Hello & <b>welcome</b></p>' },
    { type: 'contact', id: 32, email: readerEmail, lists: ['General Interest'] },
  ])
  await server.app.db.transaction((tx) => tx.run(sql`update list set opt_in_default = 1 where list_id in (1, 2)`))
  return mailed(server)
}

/** The same on a server that is there already. */
export function mailed(server: TestServer): Mailed {
  const fields = { accountId: server.accountId, contactId: 32, campaignId: 1100, sendNo: 0, linkNo: 0 }
  const token: Mailed['token'] = (purpose, changes) =>
    sealToken(server.app.tracking.keys.newest, purpose, { ...fields, ...changes })
  const ask: Mailed['ask'] = (path, method = 'GET', init = {}) =>
    server.fetch(new Request(`http://${host}${path}`, { method, ...init }))
  return {
    ...server,
    token,
    ask,
    path: (purpose, changes) => `/${letters[purpose]}/${token(purpose, changes)}`,
    send: (path, given) => ask(path, 'POST', { body: new URLSearchParams(given) }),
    state: () => readState(server),
  }
}

async function readState({ app: { db }, accountId }: TestServer): Promise<ReaderState> {
  const contact = await db.one<{ status: string; reason: string | null; tracking: string }>(
    sql`select status, opt_out_reason as reason, tracking from contact where contact_id = 32 and account_id = ${accountId}`,
  )
  const lists = await db.tuples<[number]>(sql`select list_id from membership where contact_id = 32 order by list_id`)
  const hits = await db.tuples<[number]>(sql`select kind from hit where contact_id = 32 order by at, hit_id`)
  const consents = await db.tuples(sql`select consent_no from consent where contact_id = 32`)
  const { events } = await listHistory(db, accountId, { contactId: 32, limit: 50 })
  return {
    status: contact?.status,
    reason: contact?.reason,
    tracking: contact?.tracking,
    lists: lists.map(([id]) => id),
    suppression: (await findSuppression(db, accountId, readerEmail))?.reason,
    events: events.map(({ kind, by, message }) => [kind, by, message].filter(Boolean).join(' ')),
    hits: hits.map(([kind]) => kind),
    consents: consents.length,
  }
}
