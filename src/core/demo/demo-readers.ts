// The demo's readers, who do with their mail what readers do: by the addresses in the mail they got, through the same parts
// as real ones. Used by `contrail demo send`.

import PostalMime from 'postal-mime'
import { ingestReport } from '../bounces/ingest-report.ts'
import type { ReportHost } from '../bounces/ingest-report.ts'
import type { HitKind } from '../tracking/hit.ts'
import { openToken } from '../tracking/token.ts'
import type { TokenFields, TokenPurpose } from '../tracking/token.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { complaintReport, deliveryReport, fateOf } from './demo-replies.ts'

/** As the mailbox's server took it. */
export interface DemoMail {
  /** The envelope's sender. */
  from: string
  to: string
  raw: string
}

interface Host extends ReportHost {
  tracking: Tracking
}

const browser =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** What comes back of one message as soon as it was taken over. */
export async function answerDemoMail(host: Host, mail: DemoMail): Promise<void> {
  const { html = '' } = await PostalMime.parse(mail.raw)
  const fields = findToken(host, html, 'u', 'unsubscribe')
  if (!fields) return
  const fate = fateOf(fields.contactId)
  if (fate === 'returned') return report(host, mail, deliveryReport(mail.to, mail.from, host.now()))
  if (fate === 'complains') return report(host, mail, complaintReport(mail.to, mail.from, mail.raw, host.now()))
}

/** What its reader does with it, some time later: who opens a mail within seconds is taken for a machine. */
export async function readDemoMail(host: Host, mail: DemoMail): Promise<void> {
  const { html = '' } = await PostalMime.parse(mail.raw)
  const fields = findToken(host, html, 'u', 'unsubscribe')
  if (!fields) return
  const fate = fateOf(fields.contactId)
  if (['opens', 'clicks', 'unsubscribes'].includes(fate)) await hit(host, findToken(host, html, 'o', 'open'), 'open')
  if (fate === 'clicks') await click(host, html)
  if (fate === 'unsubscribes')
    await host.tracking.optOuts.take({ ...fields, source: 'one-click', at: host.now(), reason: 'too many mails' })
}

async function report(host: Host, { from }: DemoMail, text: string): Promise<void> {
  const raw = Buffer.from(text, 'utf8')
  await ingestReport(host, { raw, envelopeTo: from, envelopeFrom: '', receivedAt: host.now(), way: 'smtp' })
}

async function click(host: Host, html: string): Promise<void> {
  const fields = findToken(host, html, 'c', 'click')
  if (!fields) return
  const target = await host.tracking.targets.find(fields.accountId, fields.campaignId, fields.linkNo)
  if (target && target !== 'away') await hit(host, fields, 'click', target.url)
}

async function hit(host: Host, fields: TokenFields | undefined, kind: HitKind, url?: string): Promise<void> {
  if (!fields) return
  const { hits } = host.tracking
  // Everybody lives somewhere else.
  const ip = `100.${64 + (fields.contactId % 64)}.${Math.floor(fields.contactId / 64) % 256}.10`
  const headers = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'en' }
  const about = { at: host.now(), method: 'GET', ip, userAgent: browser, headers, url }
  await hits.record({ ...fields, hitId: hits.nextId(), kind, ...about })
}

/** Of the first address of this letter in the mail. */
function findToken({ tracking }: Host, html: string, letter: string, purpose: TokenPurpose): TokenFields | undefined {
  const token = new RegExp(`/${letter}/([\\w-]+)`).exec(html)?.[1]
  return token === undefined ? undefined : openToken(tracking.keys.find, purpose, token)
}
