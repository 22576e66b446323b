// Every table of the store and its columns, for what takes the store as a whole: copying it and comparing two of them.
// test/copy-tables.test.ts holds this list to what the engines have.

import type { Store } from '../../db/db.ts'
import { Sql } from '../../db/sql.ts'
import type { SqlValue } from '../../db/sql.ts'

export interface Table {
  name: string
  /** The primary key. */
  key: readonly string[]
  columns: readonly string[]
  /** Rows can be as large as a mail or an upload. */
  isLarge: boolean
}

/** What refers to others stands behind them. */
export const tables: readonly Table[] = [
  table('account', 'account_id', 'username password_hash created_at hit_days event_days forwards campaign_tracking wire_days wire_optout wire_machines'),
  table('api_key', 'account_id api_key_id', 'name lookup key_hash scopes created_at revoked_at digest'),
  table('web_user', 'account_id user_id', 'email name role password_hash link_hash link_expires_at totp_secret totp_step recovery_hashes code_failures code_failed_at created_at signed_in_at'),
  table('web_session', 'account_id token_hash', 'session_id user_id created_at issued_at seen_at expires_at agent'),
  table('audit', 'account_id audit_id', 'at user_id actor action subject detail'),
  table('list', 'account_id list_id', 'name opt_in_default sort_order created_at'),
  table('contact', 'contact_id', 'account_id email status email_type first_name last_name confirmed opt_in_at opt_in_source opt_out_at opt_out_source opt_out_reason created_at updated_at profile tracking'),
  table('contact_email', 'email account_id', 'contact_id'),
  table('membership', 'contact_id list_id', 'account_id opt_in_at opt_in_source'),
  large('campaign', 'campaign_id', 'account_id name kind status dated_at edited_at last_run_at next_run_at content tracking shared_at'),
  table('link', 'campaign_id link_no', 'url url_hash'),
  table('sender', 'account_id sender_id', 'email verified_at'),
  table('campaign_list', 'campaign_id list_id', 'account_id'),
  table('send', 'contact_id campaign_id send_no', 'account_id message_id sent_at'),
  table('event', 'contact_id kind event_id', 'campaign_id recorded_at account_id source link_no details'),
  table('event_key', 'contact_id key_hash', 'kind event_id recorded_at'),
  table('import_progress', 'account_id fingerprint', 'file_offset line counts updated_at'),
  large('job', 'job_id', 'account_id kind subject due_at holder attempts progress outcome created_at'),
  large('activity', 'account_id activity_id', 'type status request transaction_count error_count inserted_at started_at finished_at'),
  table('activity_error', 'account_id activity_id error_no', 'line email message'),
  large('activity_input', 'account_id activity_id piece_no', 'bytes'),
  table('activity_line', 'account_id activity_id sort_key contact_id', 'text'),
  table('application', 'application_id', 'account_id client_id name secret_hash scopes redirect_uris token_seconds created_at revoked_at'),
  table('token', 'account_id token_hash', 'kind grant_id application_id scopes created_at expires_at used_at redirect_uri code_challenge'),
  table('library_folder', 'account_id folder_id', 'name created_at'),
  table('library_image', 'account_id image_id', 'folder_id public_id file_name description type width height size md5 sha256 created_at'),
  table('library_usage', 'account_id', 'bytes'),
  table('hit', 'contact_id hit_id', 'account_id campaign_id send_no kind link_no at stored_at method ip has_whole_ip network user_agent headers event_kind event_id'),
  table('verdict', 'contact_id kind event_id', 'account_id campaign_id link_no verdict reasons rules_version judged_at'),
  table('consent', 'contact_id consent_no', 'account_id tracking source wording at'),
  table('aggregate_count', 'account_id campaign_id kind link_no day', 'count'),
  table('suppression', 'account_id address_hash', 'email reason source at'),
  table('erased_count', 'account_id campaign_id kind link_no day verdict_class', 'count'),
  table('erasure', 'contact_id', 'account_id erased_at finished_at'),
  large('outgoing', 'campaign_id contact_id send_no', 'account_id state due_at holder attempts first_tried_at ended_at send_id recipient message reply status'),
  table('campaign_run', 'campaign_id', 'account_id state run_no started_at frozen_at ended_at problem'),
  table('sending_process', 'holder', 'alive_until'),
  table('outgoing_key', 'account_id key', 'digest campaign_id contact_id send_no created_at'),
  table('hold', 'contact_id', 'account_id code message strikes since until'),
  table('dkim_key', 'account_id domain selector', 'private_key created_at retired_at'),
  large('bounce_review', 'review_id', 'account_id stored_at received_at reason way kind letter status recipient subject diagnostic envelope_from envelope_to contact_id campaign_id send_no raw'),
  table('bounce_mailbox', 'mailbox', 'holder held_until uid_validity last_uid'),
  table('forward_count', 'contact_id campaign_id send_no', 'account_id count'),
  table('forward_friend', 'account_id campaign_id address_hash', 'at'),
  table('forward_visitor', 'account_id day address_hash', 'count'),
  table('hook_endpoint', 'endpoint_id', 'account_id provider name secrets creates confirm_until created_at removed_at'),
  large('inbox', 'inbox_id', 'account_id endpoint_id provider received_at delivery_key body_hash headers body bytes state outcome read_at'),
  table('hook_campaign', 'account_id tag', 'campaign_id'),
  table('webhook_endpoint', 'endpoint_id', 'account_id url name secrets kinds include_email state reason position failing_since accepted_at last_problem slow_until due_at holder created_at'),
  table('webhook_pending', 'account_id endpoint_id contact_id kind event_id', 'attempts failed_at due_at'),
  table('webhook_attempt', 'account_id endpoint_id attempt_id', 'at message_id event_ref attempt_no status problem duration response'),
  large('kept_answer', 'account_id holder key_hash', 'fingerprint contact_id status headers body created_at'),
  table('id_block', 'name', 'next_id'),
  table('sign_in_try', 'who', 'free_at'),
  table('secret', 'name', 'value'),
] // oxfmt-ignore

/** Of the table of secrets these are each store's own: its name, and what was copied into it. */
export const storeSecret = 'store'
export const copySecret = 'copy'

/** Where an account's rows can be told from another's by themselves. */
export function accountColumn({ columns }: Table): number | undefined {
  const column = columns.indexOf('account_id')
  return column < 0 ? undefined : column
}

const receiptOrder = ['account_id', 'recorded_at', 'contact_id', 'event_id', 'kind']

/** The order to fill a table in, in which no two rows are equal. */
export function orderFor({ keepsArrivalOrder }: Store, { name, key }: Table): readonly string[] {
  return name === 'event' && keepsArrivalOrder ? receiptOrder : key
}

/** All rows of the table, or in this order those behind one. */
export function selectRows(
  { name, columns }: Table,
  { order = [], after }: { order?: readonly string[]; after?: readonly SqlValue[] | undefined } = {},
): Sql {
  const text = `select ${columns.join()} from ${name} where ${name === 'secret' ? `name not in ('${storeSecret}', '${copySecret}')` : '1 = 1'}`
  const end = order.length > 0 ? ` order by ${order.join()}` : ''
  if (!after) return new Sql([text + end], [])
  return new Sql([`${text} and (${order.join()}) > (`, ...after.slice(1).map(() => ','), `)${end}`], after)
}

export function countRows({ name }: Table): Sql {
  return new Sql([`select count(*) from ${name}`], [])
}

function table(name: string, key: string, others: string): Table {
  const keys = key.split(' ')
  return { name, key: keys, columns: [...keys, ...others.split(' ')], isLarge: false }
}

function large(name: string, key: string, others: string): Table {
  return { ...table(name, key, others), isLarge: true }
}
