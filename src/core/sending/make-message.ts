// One outgoing message from what the store has to the signed bytes that the relay gets. Called by the sender for each
// message, and by whoever shows one.

import type { Db } from '../../db/db.ts'
import { composeMessage } from '../../mail/message.ts'
import type { ComposedMessage, MessageInput } from '../../mail/message.ts'
import { providerHeaders } from '../../mail/providers.ts'
import type { ProviderName } from '../../mail/providers.ts'
import { compileTemplate, renderTemplate } from '../../mail/template.ts'
import { makeTextPart } from '../../mail/text-part.ts'
import type { Contact } from '../contacts/contact.ts'
import { stricter } from '../tracking/consent.ts'
import type { TrackingLevel } from '../tracking/consent.ts'
import { pagesFor, rewriteFor } from '../tracking/rewrite-mail.ts'
import { sealAddressToken, sealToken } from '../tracking/token.ts'
import type { TokenKey } from '../tracking/token.ts'
import type { CampaignMail } from './campaign-mail.ts'
import { makeMergeData } from './merge-data.ts'
import type { Addressee, MergeData } from './merge-data.ts'
import type { Outgoing } from './outgoing.ts'
import type { PreparedHtml } from './prepare-html.ts'
import type { SingleMessage } from './single-message.ts'

/** What the installation says about mail. */
export interface MailSettings {
  /** Where readers reach this server, without a slash at the end. */
  publicUrl: string
  /** Whose mail comes to us, so that what comes back names its send; undefined: to the sender's own address. */
  bounceDomain: string | undefined
  provider: ProviderName
  /** SES: configuration set; Postmark: message stream. */
  stream?: string | undefined
  /** With a link that only machines follow. */
  hasTrap: boolean
}

export interface MadeMessage extends ComposedMessage {
  /** Without brackets. */
  messageId: string
  /** Paths that the templates print and the contact has no value for. */
  missing: string[]
}

/** A contact, or nobody: then the message is about none. */
export type Reader = Addressee & Pick<Contact, 'emailType'> & { tracking: TrackingLevel }

/** Throws InvalidInputError for what can't be made into a message; that is about this message alone. */
export async function makeMessage(
  db: Db,
  settings: MailSettings,
  key: TokenKey,
  mail: CampaignMail,
  outgoing: Outgoing,
  reader: Reader,
  now: number,
): Promise<MadeMessage> {
  const own = outgoing.message === null ? undefined : (JSON.parse(outgoing.message) as SingleMessage)
  const { html, text, subject, missing, unsubscribe } = await renderBodies(
    db,
    settings,
    key,
    mail,
    outgoing,
    reader,
    own,
  )
  const { content } = mail.campaign
  const fromEmail = own?.from.email ?? content.fromEmail!
  const domain = fromEmail.slice(fromEmail.lastIndexOf('@') + 1)
  const messageId = `${outgoing.sendId}@${domain}`
  const replyTo = own ? own.replyTo : content.replyToEmail
  const fields = tokenFields(outgoing)
  const sendToken = sealToken(key, 'verp', fields)
  const isAnonymous = own?.purpose === 'forward' || own?.purpose === 'test'
  const input: MessageInput = {
    from: named(fromEmail, own ? own.from.name : content.fromName),
    to: named(outgoing.recipient ?? reader.email, outgoing.recipient === null ? fullName(reader) : undefined),
    ...(replyTo && replyTo !== fromEmail && { replyTo: { address: replyTo } }),
    subject,
    ...(html !== undefined && { html }),
    ...(text !== undefined && { text }),
    messageId,
    date: now,
    envelopeFrom: envelopeFrom(settings, key, fields, fromEmail, isAnonymous),
    ...(!isAnonymous && { envelopeId: outgoing.sendId, sendId: sendToken }),
    ...(own && { autoSubmitted: 'auto-generated' }),
    ...(!own && campaignHeaders(settings, key, mail, fields, domain, unsubscribe)),
    ...(!isAnonymous && {
      providerHeaders: providerHeaders(settings.provider, {
        sendId: sendToken,
        hasOwnTracking: true,
        ...(settings.stream !== undefined && { stream: settings.stream }),
      }),
    }),
  }
  const composed = composeMessage(input)
  const signer = await mail.signerFor(domain)
  return { ...composed, raw: await signer.sign(composed.raw), messageId, missing }
}

interface Bodies {
  html: string | undefined
  text: string | undefined
  subject: string
  missing: string[]
  unsubscribe: string
}

async function renderBodies(
  db: Db,
  settings: MailSettings,
  key: TokenKey,
  mail: CampaignMail,
  outgoing: Outgoing,
  reader: Reader,
  own: SingleMessage | undefined,
): Promise<Bodies> {
  const fields = tokenFields(outgoing)
  const pages = pagesFor(key, settings.publicUrl, fields, mail.isForwardable)
  const data = makeMergeData(mail.campaign, reader, pages, own?.data)
  const isTracked = own === undefined || own.purpose === 'single'
  const level = isTracked ? stricter(reader.tracking, mail.tracking) : 'none'
  const prepared = own || level === 'none' ? undefined : mail.prepared
  const { subject, html, text, missing } = own ? renderOwn(own, data) : renderCampaign(mail, data, reader, prepared)
  const rewrite = async (): Promise<string | undefined> => {
    if (html === undefined || level === 'none') return html
    if (prepared) return prepared.fill(html, key, fields)
    const { publicUrl, hasTrap } = settings
    return rewriteFor(db, key, { ...fields, html, publicUrl, hasTrap }, mail.links)
  }
  return { html: await rewrite(), text, subject, missing, unsubscribe: pages.unsubscribe }
}

type Parts = Omit<Bodies, 'unsubscribe'>

function renderCampaign(
  { templates, campaign }: CampaignMail,
  data: MergeData,
  { emailType }: Reader,
  prepared: PreparedHtml | undefined,
): Parts {
  if (!templates) throw new Error(`campaign ${campaign.campaignId} has no text of its own`)
  const subject = renderTemplate(templates.subject, data)
  const html = emailType === 'text' ? undefined : renderTemplate(prepared?.template ?? templates.html, data)
  const text = renderTemplate(templates.text, data)
  const missing = [...new Set([subject, html, text].flatMap((part) => part?.missing ?? []))]
  return { subject: subject.text, html: html?.text, text: text.text, missing }
}

function renderOwn(own: SingleMessage, data: MergeData): Parts {
  // What a friend gets has been made of a campaign already.
  if (own.purpose === 'forward') return { subject: own.subject, html: own.html, text: own.text, missing: [] }
  const render = (source: string, use: 'html' | 'text' | 'header') => renderTemplate(compileTemplate(source, use), data)
  const subject = render(own.subject, 'header')
  const html = own.html === undefined ? undefined : render(own.html, 'html')
  const text = own.text ?? (own.html === undefined ? undefined : makeTextPart(own.html))
  const rendered = text === undefined ? undefined : render(text, 'text')
  const missing = [...new Set([subject, html, rendered].flatMap((part) => part?.missing ?? []))]
  return { subject: subject.text, html: html?.text, text: rendered?.text, missing }
}

type Fields = ReturnType<typeof tokenFields>

function tokenFields({ accountId, contactId, campaignId, sendNo }: Outgoing): {
  accountId: number
  contactId: number
  campaignId: number
  sendNo: number
  linkNo: number
} {
  return { accountId, contactId, campaignId, sendNo, linkNo: 0 }
}

// What comes back from a friend's mailbox, or of a test, is nobody's bounce.
function envelopeFrom(
  { bounceDomain }: MailSettings,
  key: TokenKey,
  fields: Fields,
  fromEmail: string,
  isAnonymous: boolean,
): string {
  if (bounceDomain === undefined) return fromEmail
  return isAnonymous ? `none@${bounceDomain}` : `b.${sealAddressToken(key, 'verp', fields)}@${bounceDomain}`
}

function campaignHeaders(
  { bounceDomain }: MailSettings,
  key: TokenKey,
  { campaign, accountName, lists }: CampaignMail,
  fields: Fields,
  domain: string,
  unsubscribe: string,
): Pick<MessageInput, 'list' | 'unsubscribe' | 'feedbackId' | 'complaints'> {
  const account = slug(accountName)
  const list = lists[0]
  const mailto = bounceDomain && `unsub.${sealAddressToken(key, 'unsubscribe', fields)}@${bounceDomain}`
  return {
    list: { id: `${list ? `list-${list.listId}.` : ''}${account}.${domain}`, name: list?.name ?? accountName },
    unsubscribe: { url: unsubscribe, ...(mailto && { mailto }) },
    feedbackId: `${campaign.campaignId}:${list ? `list-${list.listId}` : ''}:${account}:${account.padEnd(5, '-').slice(0, 15)}`,
    ...(bounceDomain !== undefined && {
      complaints: { address: `fbl@${bounceDomain}`, feedbackId: sealToken(key, 'verp', fields) },
    }),
  }
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'account'
  )
}

function named(address: string, name: string | undefined): { address: string; name?: string } {
  return name ? { address, name } : { address }
}

function fullName({ firstName, lastName }: Reader): string {
  return [firstName, lastName].filter(Boolean).join(' ')
}
