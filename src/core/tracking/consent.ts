// How much may be kept of what a contact does: asked when a mail is rendered and again when it is read.

import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { getContactToChange } from '../contacts/contact.ts'

/** From the most to the least: told event by event, only counted, or nothing. */
export const trackingLevels = ['full', 'aggregate', 'none'] as const
export type TrackingLevel = (typeof trackingLevels)[number]

/** Of a contact's and a campaign's, the one that keeps less. */
export function stricter(a: TrackingLevel, b: TrackingLevel): TrackingLevel {
  return trackingLevels.indexOf(a) > trackingLevels.indexOf(b) ? a : b
}

/** What a contact agreed to, and how we know. */
export interface Consent {
  tracking: TrackingLevel
  /** By what way, such as `preferences`. */
  source: string
  /** The words it was asked with, or those of the operator who knows. */
  wording: string
  at: number
}

/**
 * Notes what the contact agreed to; it holds from then on, for mail that is out already too. Saying the same again
 * changes nothing and returns false. Throws NotFoundError.
 */
export function setConsent(db: Db, accountId: number, contactId: number, consent: Consent): Promise<boolean> {
  return db.transaction((tx) => setConsentIn(tx, accountId, contactId, consent))
}

/** The same inside the caller's transaction. */
export async function setConsentIn(tx: Tx, accountId: number, contactId: number, consent: Consent): Promise<boolean> {
  const { tracking, source, wording, at } = consent
  await getContactToChange(tx, accountId, contactId)
  const [last] = await listConsents(tx, accountId, contactId, 1)
  if (last?.tracking === tracking && last.source === source && last.wording === wording) return false
  await tx.run(sql`
    insert into consent(contact_id, consent_no, account_id, tracking, source, wording, at)
    values (${contactId}, ${(last?.consentNo ?? 0) + 1}, ${accountId}, ${tracking}, ${source}, ${wording}, ${at})`)
  await tx.run(
    sql`update contact set tracking = ${tracking} where contact_id = ${contactId} and account_id = ${accountId}`,
  )
  return true
}

/** The latest first; kept for ever. */
export function listConsents(
  db: Reader,
  accountId: number,
  contactId: number,
  limit: number,
): Promise<(Consent & { consentNo: number })[]> {
  return db.all(sql`
    select consent_no as "consentNo", tracking, source, wording, at from consent
    where contact_id = ${contactId} and account_id = ${accountId} order by consent_no desc ${sqlLimit(limit)}`)
}

/** What holds for the contact now. Throws NotFoundError. */
export async function getTracking(db: Reader, accountId: number, contactId: number): Promise<TrackingLevel> {
  const row = await db.one<{ tracking: TrackingLevel }>(
    sql`select tracking from contact where contact_id = ${contactId} and account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is no contact ${contactId}`)
  return row.tracking
}

/** How much an account's new campaigns want to know. Throws NotFoundError. */
export async function getUsualTracking(db: Reader, accountId: number): Promise<TrackingLevel> {
  const row = await db.one<{ tracking: TrackingLevel | null }>(
    sql`select campaign_tracking as tracking from account where account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is no account ${accountId}`)
  return row.tracking ?? 'full'
}

/** For campaigns and single messages that are made from then on. */
export async function setUsualTracking(db: Db, accountId: number, tracking: TrackingLevel): Promise<void> {
  await db.transaction((tx) =>
    tx.run(sql`update account set campaign_tracking = ${tracking} where account_id = ${accountId}`),
  )
}

/** How much a campaign wants to know of its readers. Throws NotFoundError. */
export async function getCampaignTracking(db: Reader, accountId: number, campaignId: number): Promise<TrackingLevel> {
  const row = await db.one<{ tracking: TrackingLevel }>(
    sql`select tracking from campaign where campaign_id = ${campaignId} and account_id = ${accountId}`,
  )
  if (!row) throw new NotFoundError(`there is no campaign ${campaignId}`)
  return row.tracking
}

/** Holds from then on, for mail that is out already too. Throws NotFoundError. */
export async function setCampaignTracking(
  db: Db,
  accountId: number,
  campaignId: number,
  tracking: TrackingLevel,
): Promise<void> {
  await db.transaction((tx) => setCampaignTrackingIn(tx, accountId, campaignId, tracking))
}

/** The same inside the caller's transaction. */
export async function setCampaignTrackingIn(
  tx: Tx,
  accountId: number,
  campaignId: number,
  tracking: TrackingLevel,
): Promise<void> {
  const changed = await tx.run(
    sql`update campaign set tracking = ${tracking} where campaign_id = ${campaignId} and account_id = ${accountId}`,
  )
  if (changed === 0) throw new NotFoundError(`there is no campaign ${campaignId}`)
}
