// Contacts whose mail came back: held for a while, then for good (docs/sending.md). Written with the bounce that did it;
// asked before every message.

import type { Reader, Tx } from '../../db/db.ts'
import { inParts, sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { findContacts } from '../contacts/contact.ts'
import type { BounceCode } from '../events/event.ts'
import { countsAsSoftStreak } from './soft-streak.ts'
import { addSuppression, removeSuppression } from './suppression.ts'

export interface Hold {
  contactId: number
  /** The letter of the bounce that did it. */
  code: BounceCode
  message: string
  /** Hard bounces that counted: the second is for good. */
  strikes: number
  since: number
  /** Null: for good. */
  until: number | null
}

const day = 86_400_000
/** After a first hard bounce; the old service waited as long. */
const hardHold = 15 * day
/** After a streak of soft ones. */
const softHold = 30 * day

export interface BounceNote {
  contactId: number
  code: BounceCode
  /** `soft` counts when it is one of a streak; `none` never. */
  severity: 'hard' | 'soft' | 'none'
  message: string
  at: number
}

const columns = sql`contact_id as "contactId", code, message, strikes, since, until`

/**
 * Draws the consequence of a bounce that has just been recorded: a first hard one holds the contact for 15 days, one that
 * comes after that for good, five soft ones in a row over 14 days or more hold it for 30. Bounces that come during a hold
 * change nothing. Returns the hold that began, if any.
 */
export async function noteBounce(
  tx: Tx,
  accountId: number,
  bounce: BounceNote,
  now: number,
): Promise<Hold | undefined> {
  const { contactId, code, severity, at } = bounce
  const message = bounce.message.slice(0, 500)
  if (severity === 'none') return undefined
  const held = await findHoldToChange(tx, accountId, contactId)
  // What was on its way when the hold began tells nothing new.
  if (held && (held.until === null || at < held.until)) return undefined
  if (severity === 'soft') {
    // A row begins anew after each hold, and after a release.
    if (!(await countsAsSoftStreak(tx, accountId, contactId, held?.until ?? 0, at))) return undefined
    return save(tx, accountId, {
      contactId,
      code,
      message,
      strikes: held?.strikes ?? 0,
      since: at,
      until: at + softHold,
    })
  }
  const strikes = (held?.strikes ?? 0) + 1
  const hold = { contactId, code, message, strikes, since: at, until: strikes > 1 ? null : at + hardHold }
  if (hold.until === null) await suppressAddress(tx, accountId, contactId, now)
  return save(tx, accountId, hold)
}

/** Those of the contacts that get no mail at `now`. */
export async function findHolds(
  db: Reader,
  accountId: number,
  contactIds: readonly number[],
  now: number,
): Promise<Map<number, Hold>> {
  const found = new Map<number, Hold>()
  for (const part of inParts(contactIds, 512)) {
    const rows = await db.all<Hold>(sql`
      select ${columns} from hold
      where contact_id in ${sqlList(part)} and +account_id = ${accountId} and (until is null or until > ${now})`)
    for (const hold of rows) found.set(hold.contactId, hold)
  }
  return found
}

/** In force or over, as long as it is remembered. */
export function findHold(db: Reader, accountId: number, contactId: number): Promise<Hold | undefined> {
  return db.one<Hold>(sql`select ${columns} from hold where contact_id = ${contactId} and account_id = ${accountId}`)
}

function findHoldToChange(tx: Tx, accountId: number, contactId: number): Promise<Hold | undefined> {
  return tx.one<Hold>(
    sql`select ${columns} from hold where contact_id = ${contactId} and account_id = ${accountId} ${tx.forUpdate}`,
  )
}

/** Those in force at `now`, in the order of the contacts' ids; `after` is the last one already shown. */
export function listHolds(
  db: Reader,
  accountId: number,
  page: { after?: number | undefined; limit: number },
  now: number,
): Promise<Hold[]> {
  return db.all<Hold>(sql`
    select ${columns} from hold
    where account_id = ${accountId} and contact_id > ${page.after ?? 0} and (until is null or until > ${now})
    order by contact_id ${sqlLimit(page.limit)}`)
}

/**
 * Forgives what came back so far, and lifts the suppression of the address with it; false when there is nothing to forgive.
 * What remains of the hold is its end, behind which bounces are counted anew.
 */
export async function releaseHold(tx: Tx, accountId: number, contactId: number): Promise<boolean> {
  const now = tx.begunAt
  const forgiven = await tx.run(sql`
    update hold set strikes = 0, until = case when until < ${now} then until else ${now} end
    where contact_id = ${contactId} and account_id = ${accountId} and (strikes > 0 or until is null or until > ${now})`)
  const contact = (await findContacts(tx, accountId, [contactId])).get(contactId)
  const isLifted = contact !== undefined && (await removeSuppression(tx, accountId, contact.email, 'bounce'))
  return forgiven > 0 || isLifted
}

/** The contact has another address: what came back from the old one says nothing of it. False when there was none. */
export async function forgetHold(tx: Tx, accountId: number, contactId: number): Promise<boolean> {
  const deleted = await tx.run(sql`delete from hold where contact_id = ${contactId} and account_id = ${accountId}`)
  return deleted > 0
}

async function save(tx: Tx, accountId: number, hold: Hold): Promise<Hold> {
  const { contactId, code, message, strikes, since, until } = hold
  await tx.run(sql`
    insert into hold(contact_id, account_id, code, message, strikes, since, until)
    values (${contactId}, ${accountId}, ${code}, ${message}, ${strikes}, ${since}, ${until})
    on conflict (contact_id) do update set code = excluded.code, message = excluded.message, strikes = excluded.strikes,
      since = excluded.since, until = excluded.until`)
  return hold
}

// An address that is held for good stays so for whoever brings it back under another contact.
async function suppressAddress(tx: Tx, accountId: number, contactId: number, now: number): Promise<void> {
  const contact = (await findContacts(tx, accountId, [contactId])).get(contactId)
  if (contact) await addSuppression(tx, accountId, { email: contact.email, reason: 'bounce', source: 'bounces' }, now)
}
