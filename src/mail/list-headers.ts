// The headers by which mailbox providers know a campaign, its list and the way off it. Used by message.ts.

import { InvalidInputError } from '../errors.ts'
import { toWireAddress } from './address.ts'
import { renderNamed } from './header-field.ts'

export type Header = readonly [name: string, value: string]

export interface ListHeaderInput {
  /** RFC 2919: `newsletter.example.com`, with or without a phrase for people. */
  list?: { id: string; name?: string }
  /** RFC 8058: the address that one click posts to; without https there is no one click. `mailto` is an address only. */
  unsubscribe?: { url: string; mailto?: string }
  /** Up to three parts and a sender of 5 to 15 characters, `campaign:list:account:sender`, none of a single recipient. */
  feedbackId?: string
  /** `{send id}.{short mac}`. */
  sendId?: string
  /** RFC 9477: where complaints go, and what they carry to find the send. */
  complaints?: { address: string; feedbackId?: string }
  /** RFC 3834: `auto-generated` for mail that no person wrote to this one. */
  autoSubmitted?: 'auto-generated' | 'auto-replied'
}

/** Of an address in a header, so that its line can't grow too long (RFC 5322 2.1.1). */
const maxUrl = 900

/** In the order they should stand; `name` before an id is encoded already, nothing is folded. */
export function listHeaders(input: ListHeaderInput): Header[] {
  const { list, unsubscribe, feedbackId, sendId, complaints, autoSubmitted } = input
  const headers: Header[] = []
  if (list) headers.push(['List-Id', renderListId(list)])
  if (unsubscribe) headers.push(...renderUnsubscribe(unsubscribe))
  if (feedbackId !== undefined) headers.push(['Feedback-ID', checkFeedbackId(feedbackId)])
  if (sendId !== undefined) headers.push(['X-Send-Id', checkToken(sendId, 'sendId')])
  if (complaints) {
    headers.push(['CFBL-Address', `${toWireAddress(complaints.address, 'complaints').text}; report=arf`])
    if (complaints.feedbackId !== undefined)
      headers.push(['CFBL-Feedback-ID', checkToken(complaints.feedbackId, 'complaints')])
  }
  if (autoSubmitted) headers.push(['Auto-Submitted', autoSubmitted])
  return headers
}

function renderListId({ id, name }: { id: string; name?: string }): string {
  if (!/^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)+$/.test(id) || id.length > 255)
    throw new InvalidInputError(
      `${JSON.stringify(id)} is no id of a list: letters and digits with dots between`,
      'list',
    )
  return renderNamed(name, id)
}

function renderUnsubscribe({ url, mailto }: { url: string; mailto?: string }): Header[] {
  if (!/^https?:\/\/[!#-;=?-~]+$/i.test(url) || url.length > maxUrl)
    throw new InvalidInputError('the address for unsubscribing must be an http(s) URL in ASCII', 'unsubscribe')
  const ways = [`<${url}>`]
  if (mailto !== undefined) ways.push(`<mailto:${toWireAddress(mailto, 'unsubscribe').text}>`)
  const header: Header = ['List-Unsubscribe', ways.join(', ')]
  return /^https:/i.test(url) ? [header, ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click']] : [header]
}

function checkFeedbackId(id: string): string {
  if (!/^([\w.-]*:){0,3}[\w.-]{5,15}$/.test(id) || id.length > 200)
    throw new InvalidInputError(
      'a Feedback-ID has up to three parts and a sender of 5 to 15 characters, joined by colons',
      'feedbackId',
    )
  return id
}

function checkToken(text: string, field: string): string {
  if (!/^[!-~]{1,200}$/.test(text))
    throw new InvalidInputError(`${field} must be up to 200 characters without blanks`, field)
  return text
}
