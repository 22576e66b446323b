// Where users are signed in. The cookie's text changes every hour; what it stood for before works a minute longer, for
// requests that are under way. Called by faces/web.

import { randomBytes } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { createSecretText, parseSecretText } from './secret-text.ts'
import { toUser, userColumns } from './user.ts'
import type { User, UserRow } from './user.ts'

const minute = 60_000
/** Who does nothing for so long is signed out; so is everybody after the longest time. In ms. */
const sessionIdle = 12 * 60 * minute
export const sessionLife = 14 * 24 * 60 * minute
const textLife = 60 * minute
const agentLength = 200

export interface Session {
  /** Stays the same as long as the session lasts. */
  sessionId: string
  tokenHash: string
  createdAt: number
  issuedAt: number
  seenAt: number
  expiresAt: number
  agent: string
}

/** Returns what the cookie is to hold. Sessions of the account that are over are forgotten by the way. */
export async function openSession(
  tx: Tx,
  { accountId, userId }: Pick<User, 'accountId' | 'userId'>,
  agent: string,
  now: number,
): Promise<string> {
  const { text, hash } = createSecretText(accountId)
  await tx.run(sql`delete from web_session where account_id = ${accountId} and expires_at <= ${now}`)
  const session = {
    sessionId: randomBytes(16).toString('base64url'),
    tokenHash: hash,
    createdAt: now,
    issuedAt: now,
    seenAt: now,
    expiresAt: now + sessionLife,
    agent: agent.slice(0, agentLength),
  }
  await insertSession(tx, accountId, userId, session)
  await tx.run(sql`update web_user set signed_in_at = ${now} where account_id = ${accountId} and user_id = ${userId}`)
  return text
}

async function insertSession(tx: Tx, accountId: number, userId: number, session: Session): Promise<void> {
  const { sessionId, tokenHash, createdAt, issuedAt, seenAt, expiresAt, agent } = session
  await tx.run(sql`
    insert into web_session(account_id, token_hash, session_id, user_id, created_at, issued_at, seen_at, expires_at, agent)
    values (${accountId}, ${tokenHash}, ${sessionId}, ${userId}, ${createdAt}, ${issuedAt}, ${seenAt}, ${expiresAt}, ${agent})`)
}

const columns = sql`s.session_id as "sessionId", s.token_hash as "tokenHash", s.created_at as "createdAt",
  s.issued_at as "issuedAt", s.seen_at as "seenAt", s.expires_at as "expiresAt", s.agent`

export interface SignedIn {
  user: User
  username: string
  session: Session
}

/** Who shows this cookie; undefined when it stands for nobody (any more). */
export async function findSession(db: Reader, text: string, now: number): Promise<SignedIn | undefined> {
  const parsed = parseSecretText(text)
  if (!parsed) return undefined
  type Row = UserRow & Session & { username: string; sessionCreatedAt: number }
  const row = await db.one<Row>(sql`
    select ${columns}, s.created_at as "sessionCreatedAt", a.username, ${userColumns}
    from web_session s join web_user u on u.account_id = s.account_id and u.user_id = s.user_id
      join account a on a.account_id = s.account_id
    where s.account_id = ${parsed.accountId} and s.token_hash = ${parsed.hash} and s.expires_at > ${now}`)
  if (!row || row.seenAt + sessionIdle <= now) return undefined
  const { sessionId, tokenHash, issuedAt, seenAt, expiresAt, agent, sessionCreatedAt, username, ...user } = row
  return {
    user: toUser(user),
    username,
    session: { sessionId, tokenHash, createdAt: sessionCreatedAt, issuedAt, seenAt, expiresAt, agent },
  }
}

/** Notes that the session is in use, at most once a minute; returns what the cookie is to hold from now on, if that changes. */
export async function touchSession(
  db: Db,
  { accountId, userId }: Pick<User, 'accountId' | 'userId'>,
  session: Session,
  now: number,
): Promise<string | undefined> {
  if (now - session.seenAt < minute) return undefined
  const { tokenHash, expiresAt } = session
  // One that was replaced already lives for its last minute.
  const isReplaced = expiresAt - session.createdAt < sessionLife
  if (now - session.issuedAt < textLife || isReplaced) {
    await db.transaction((tx) =>
      tx.run(
        sql`update web_session set seen_at = ${now} where account_id = ${accountId} and token_hash = ${tokenHash}`,
      ),
    )
    return undefined
  }
  const next = createSecretText(accountId)
  const isFirst = await db.transaction(async (tx) => {
    const changed = await tx.run(sql`
      update web_session set expires_at = ${now + minute}, seen_at = ${now}
      where account_id = ${accountId} and token_hash = ${tokenHash} and expires_at = ${expiresAt}`)
    if (changed === 0) return false
    await insertSession(tx, accountId, userId, { ...session, tokenHash: next.hash, issuedAt: now, seenAt: now })
    return true
  })
  return isFirst ? next.text : undefined
}

/** The sessions of a user that go on, the one used last first. */
export async function listSessions(db: Reader, accountId: number, userId: number, now: number): Promise<Session[]> {
  const rows = await db.all<Session>(sql`
    select ${columns} from web_session s
    where s.account_id = ${accountId} and s.user_id = ${userId} and s.expires_at > ${now} and s.seen_at > ${now - sessionIdle}
    order by s.seen_at desc`)
  return rows.filter(
    ({ sessionId, issuedAt }) => !rows.some((row) => row.sessionId === sessionId && row.issuedAt > issuedAt),
  )
}

/** Ends one session, with all texts of its cookie. */
export async function endSession(db: Db, accountId: number, userId: number, sessionId: string): Promise<void> {
  await db.transaction((tx) =>
    tx.run(
      sql`delete from web_session where account_id = ${accountId} and user_id = ${userId} and session_id = ${sessionId}`,
    ),
  )
}
