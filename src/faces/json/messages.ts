// Messages one by one through the API: one is sent to one contact, and what became of each is asked.

import { z } from 'zod'
import { listRecipients } from '../../core/sending/campaign-progress.ts'
import { sendSingleIn } from '../../core/sending/send-single.ts'
import { findByKey } from '../../core/sending/single-message.ts'
import type { OutgoingKey } from '../../core/sending/outgoing.ts'
import type { Reader } from '../../db/db.ts'
import { NotFoundError } from '../../errors.ts'
import { campaignId } from './campaigns.ts'
import {
  message,
  messageJson,
  messageNameOf,
  messageState,
  parseMessageName,
  readAddress,
  showMessage,
} from './message-json.ts'
import { pageReply, positionOf } from './paging.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'
import { cursor, email, limit, pageOf, text } from './schemas.ts'

const maxBody = 4 * 2 ** 20
const part = text(1_000_000).min(1)

const newMessage = z
  .strictObject({
    to: email.meta({ description: 'Its contact is made if there is none, on no list.' }),
    from: email.meta({ description: 'A verified address of the account.' }),
    fromName: text(200).optional(),
    replyTo: email.optional(),
    subject: text(2000).min(1),
    html: part.optional().meta({ description: 'One of `html` and `text` must be there.' }),
    text: part.optional().meta({ description: 'Made of the HTML where it is absent.' }),
    data: z
      .record(text(200), z.unknown())
      .optional()
      .meta({ description: 'What the templates of subject, HTML and text can print.' }),
    stream: text(80).min(1).default('Single messages').meta({
      description: 'The name of the transactional campaign that such messages are kept under, made if there is none.',
    }),
  })
  .meta({ id: 'NewMessage' })

const send = route({
  method: 'POST',
  path: '/messages',
  operationId: 'sendMessage',
  tag: 'Sending',
  summary: 'Send one message to one contact',
  description:
    'An answer to an order, a password mail: what the contact asked for by what it did. Opting out of campaigns does not stop it; a suppression or a hold does. The key is remembered for a day at least, by whichever key of the account or command it was sent: another message under it is refused with 409 or 422.',
  scope: 'write',
  body: newMessage,
  maxBody,
  status: 202,
  answer: message,
  problems: [403, 409, 422],
  write: async ({ accountId, body, now, key }, tx) => {
    const { stream, subject, html, text: plain, data } = body
    const asked = {
      to: readAddress('to', body.to),
      stream,
      from: { email: readAddress('from', body.from), name: body.fromName },
      replyTo: body.replyTo === undefined ? undefined : readAddress('replyTo', body.replyTo),
      subject,
      html,
      text: plain,
      data,
    }
    const queued = await sendSingleIn(tx, accountId, asked, key, now)
    const shown = await showMessage(tx, accountId, queued)
    return { body: shown, location: `/messages/${messageNameOf(queued)}`, contactId: queued.contactId }
  },
})

const get = route({
  method: 'GET',
  path: '/messages/{id}',
  operationId: 'getMessage',
  tag: 'Sending',
  summary: 'What became of a message',
  description: 'By its id or, as long as it is remembered, by the `Idempotency-Key` it was sent with.',
  scope: 'read',
  params: { id: text(255).min(1).meta({ description: 'Id of a message, or its key.' }) },
  answer: message,
  handle: async ({ app, accountId, params }) => ({ body: await findMessage(app.db, accountId, params.id) }),
})

async function findMessage(db: Reader, accountId: number, name: string): Promise<z.input<typeof message>> {
  const key: OutgoingKey | undefined = (await findByKey(db, accountId, name)) ?? parseMessageName(name)
  if (!key) throw new NotFoundError('there is no such message')
  return showMessage(db, accountId, key)
}

const list = route({
  method: 'GET',
  path: '/campaigns/{id}/messages',
  operationId: 'listMessages',
  tag: 'Sending',
  summary: 'Messages of a campaign, one for each recipient',
  description: 'All, or those in one state; by contact, lowest id first. Tests are not among them.',
  scope: 'read',
  params: { id: campaignId },
  query: { state: messageState.optional(), cursor: cursor.optional(), limit: limit(200, 50) },
  answer: pageOf('MessagePage', message),
  handle: async (asked) => {
    const { app, accountId, params, query } = asked
    const position = positionOf<[number, number]>(asked)
    const after = position && { contactId: position[0], sendNo: position[1] }
    const found = await listRecipients(app.db, accountId, params.id, {
      state: query.state,
      after,
      limit: query.limit + 1,
    })
    const shown = found.slice(0, query.limit)
    const last = found.length > query.limit ? shown.at(-1) : undefined
    const items = shown.map(({ contactId, sendNo, ...state }) =>
      messageJson({ campaignId: params.id, contactId, sendNo }, state),
    )
    return pageReply(asked, items, last && [last.contactId, last.sendNo])
  },
})

export const messageRoutes: readonly Route[] = [send, get, list]
