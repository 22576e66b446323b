// Contacts of a server elsewhere, in the shape of those in this machine's store. Used by contact.ts and events.ts.

import type { Contrail } from '../../../../sdk/src/index.ts'
import type { Contact } from '../../../core/contacts/contact.ts'
import { parseEmail } from '../../../core/contacts/email.ts'
import type { KindCount } from '../../../core/events/counts.ts'
import { allKinds } from '../../../core/events/event.ts'
import type { Membership } from '../../../core/lists/membership.ts'
import type { MailBlock } from '../../../core/suppressions/mail-blocks.ts'
import { InvalidInputError, NotFoundError } from '../../../errors.ts'

/** Throws NotFoundError, RemoteError, or InvalidInputError for what is neither an address nor an id. */
export async function findContactId(client: Contrail, name: string): Promise<number> {
  if (/^\d{1,16}$/.test(name)) return (await client.contacts.get(Number(name))).id
  if (!name.includes('@')) throw new InvalidInputError(`"${name}" is neither an e-mail address nor an id`, 'contact')
  const email = parseEmail(name)
  const [found] = (await client.contacts.list({ email: [email] })).items
  if (!found) throw new NotFoundError(`no contact has the address ${email}`)
  return found.id
}

export interface ContactCard {
  contact: Contact
  memberships: Membership[]
  counts: KindCount[]
  blocks: MailBlock[]
}

/** All that `contrail contact` shows. */
export async function readCard(client: Contrail, name: string): Promise<ContactCard> {
  const id = await findContactId(client, name)
  const [found, activity, { items }] = await Promise.all([
    client.contacts.get(id),
    client.contacts.summary(id, { include: ['proxy', 'machine'] }),
    client.contacts.mailBlocks(id),
  ])
  const { lists, tracking: _tracking, id: contactId, optInAt, optOutAt, createdAt, updatedAt, ...plain } = found
  const time = (text: string | null): number | null => (text === null ? null : Date.parse(text))
  return {
    contact: {
      contactId,
      ...plain,
      optInAt: time(optInAt),
      optOutAt: time(optOutAt),
      createdAt: Date.parse(createdAt),
      updatedAt: Date.parse(updatedAt),
    },
    memberships: lists.map((list) => ({
      listId: list.id,
      listName: list.name,
      optInAt: Date.parse(list.optInAt),
      optInSource: list.optInSource,
    })),
    counts: allKinds.map((kind) => {
      const lastAt = activity.lastAt[kind]
      return { kind, count: activity.counts[kind], lastAt: lastAt === undefined ? undefined : Date.parse(lastAt) }
    }),
    blocks: items.map((block) => ({ ...block, since: Date.parse(block.since), until: time(block.until) })),
  }
}
