// Answers kept for requests that come twice, because their sender never heard the first answer. A kept answer is stored in
// the transaction of what it tells of, so that there is never the one without the other. Used by the JSON API.

import { createHash } from 'node:crypto'
import type { Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { ContrailError } from '../../errors.ts'
import type { JobKind } from '../jobs/run-jobs.ts'

export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Who asks what, under which key of its own making. */
export interface KeyedRequest {
  accountId: number
  holder: string
  key: string
  /** A digest of all that makes the request what it is. */
  fingerprint: string
}

/** How long an answer is kept, in ms. */
const keepTime = 24 * 3_600_000

/** The key was used before, for another request. */
class KeyReusedError extends ContrailError {
  override name = 'KeyReusedError'
  constructor() {
    super('idempotency_key_reused', 'this Idempotency-Key came with another request before')
  }
}

/**
 * The answer given before to the same request; else `work` is done, and its answer kept. Two that come at once wait for
 * each other: the second is given the answer of the first. Throws KeyReusedError.
 */
export async function answerOnce(
  tx: Tx,
  request: KeyedRequest,
  now: number,
  work: () => Promise<KeptAnswer & { contactId?: number | undefined }>,
): Promise<{ answer: KeptAnswer; isKept: boolean }> {
  const { accountId, holder, fingerprint } = request
  const keyHash = createHash('sha256').update(request.key).digest('base64url')
  const own = sql`account_id = ${accountId} and holder = ${holder} and key_hash = ${keyHash}`
  await tx.run(sql`delete from kept_answer where ${own} and created_at <= ${now - keepTime}`)
  // Where there are several writers, whoever comes second waits here until the first has committed.
  const isNew = await tx.run(sql`
    insert into kept_answer(account_id, holder, key_hash, fingerprint, status, headers, body, created_at)
    values (${accountId}, ${holder}, ${keyHash}, ${fingerprint}, 0, '', '', ${now}) on conflict do nothing`)
  if (isNew === 0) {
    const kept = await tx.one<{ fingerprint: string; status: number; headers: string; body: string }>(
      sql`select fingerprint, status, headers, body from kept_answer where ${own}`,
    )
    if (kept!.fingerprint !== fingerprint) throw new KeyReusedError()
    const headers = JSON.parse(kept!.headers) as Record<string, string>
    return { answer: { status: kept!.status, headers, body: kept!.body }, isKept: true }
  }
  const { contactId = null, ...answer } = await work()
  await tx.run(sql`
    update kept_answer set status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}, body = ${answer.body},
      contact_id = ${contactId} where ${own}`)
  return { answer, isKept: false }
}

/** Rows deleted in one transaction. */
const perStep = 500

export const pruneAnswersJobKind: JobKind = {
  every: 3_600_000,
  work: async (run) => {
    const horizon = run.now() - keepTime
    while (!run.signal.aborted) {
      const deleted = await run.db.transaction(async (tx) => {
        const old = await tx.tuples<[accountId: number, holder: string, keyHash: string, createdAt: number]>(sql`
          select account_id, holder, key_hash, created_at from kept_answer where created_at <= ${horizon}
          order by created_at ${sqlLimit(perStep)}`)
        for (const [accountId, holder, keyHash] of old)
          await tx.run(sql`
            delete from kept_answer where account_id = ${accountId} and holder = ${holder} and key_hash = ${keyHash}`)
        await run.save(tx, null)
        return old.length
      })
      if (deleted < perStep) return
    }
  },
}
