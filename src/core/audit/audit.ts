// Who did what: one line for each change made by people. Names users, contacts and lists by id, so that it may stay when a
// contact is erased. Written by faces/web and `contrail user`.

import type { Db, Reader } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql, sqlLimit } from '../../db/sql.ts'

/** Every deed that is noted; the words are for ever. */
const auditActions = [
  'setup', 'user.sign-in', 'user.sign-out', 'user.create', 'user.role', 'user.remove', 'user.link', 'user.password', 'user.name',
  'user.totp-on', 'user.totp-off', 'user.recovery-codes', 'contact.create', 'contact.change', 'contact.consent',
  'contact.erase', 'contact.export', 'contact.suppress', 'contact.unsuppress', 'suppression.add', 'suppression.remove',
  'list.create', 'list.change', 'list.delete', 'import.start', 'campaign.create', 'campaign.change', 'campaign.delete',
  'campaign.tracking', 'campaign.start', 'campaign.pause', 'campaign.resume',
  'campaign.cancel', 'campaign.requeue', 'campaign.schedule', 'campaign.unschedule', 'campaign.test', 'contact.release',
  'review.assign', 'review.drop', 'account.retention', 'account.wire', 'account.tracking', 'dkim.create', 'dkim.retire', 'key.create', 'key.revoke', 'sender.add', 'account.password', 'demo.create',
  'webhook.create', 'webhook.change', 'webhook.rotate', 'webhook.enable', 'webhook.disable', 'webhook.replay', 'webhook.remove',
  'hook.create', 'hook.rotate', 'hook.connect', 'hook.remove', 'inbox.replay',
] as const // oxfmt-ignore
export type AuditAction = (typeof auditActions)[number]

export interface AuditEntry {
  auditId: number
  at: number
  /** Null: the command line. */
  userId: number | null
  actor: string
  action: AuditAction
  /** Such as `contact 32`; empty for what concerns the actor alone. */
  subject: string
  detail: Record<string, string | number>
}

export interface Deed {
  by: { userId: number | null; name: string }
  action: AuditAction
  subject?: string
  detail?: AuditEntry['detail']
}

export async function noteDeed(db: Db, accountId: number, deed: Deed, now: number): Promise<void> {
  const { by, action, subject = '', detail } = deed
  await db.transaction(async (tx) => {
    const auditId = await allocateIds(tx, `audit of ${accountId}`, 1, 1)
    await tx.run(sql`
      insert into audit(account_id, audit_id, at, user_id, actor, action, subject, detail)
      values (${accountId}, ${auditId}, ${now}, ${by.userId}, ${by.name}, ${action}, ${subject},
        ${detail ? JSON.stringify(detail) : null})`)
  })
}

/** Latest first; `before` is the last one already shown. */
export async function listAudit(
  db: Reader,
  accountId: number,
  page: { before?: number | undefined; limit: number },
): Promise<AuditEntry[]> {
  const rows = await db.all<Omit<AuditEntry, 'detail'> & { detail: string | null }>(sql`
    select audit_id as "auditId", at, user_id as "userId", actor, action, subject, detail from audit
    where account_id = ${accountId} and audit_id < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by audit_id desc ${sqlLimit(page.limit)}`)
  return rows.map((row) => ({ ...row, detail: row.detail ? (JSON.parse(row.detail) as AuditEntry['detail']) : {} }))
}
