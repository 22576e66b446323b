// What the flows ask of a client, whatever its style: how it asks, reads, pages and writes. Each style is a file.

import type { Network, Reply } from './connection.ts'

/** An entry as a client has it after parsing. */
export interface OldEntry {
  /** Where this client then asks for it: made from its id or its first link, as the style has it. */
  address: string
  /** Text of a payload element such as `Campaign/Name`; throws where the client would break. */
  field(path: string): string
}

export interface OldPage {
  entries: OldEntry[]
  /** Where this client looks for the next page; undefined when it believes there is none. */
  next: string | undefined
}

export type Payload = 'Contact' | 'ContactList' | 'Campaign'

export interface ContactFields {
  email: string
  firstName: string
  /** Numbers of lists. */
  lists: readonly number[]
  by: 'ACTION_BY_CUSTOMER' | 'ACTION_BY_CONTACT'
}

export interface OldClient {
  /** One request; the status as it came. */
  ask(method: string, address: string, body?: string): Promise<Reply>
  /** The address of a path below the account, such as `/contacts?email=...`. */
  at(path: string): string
  /** `?email=` as this client writes it. */
  searchFor(email: string): string
  readPage(text: string): OldPage
  readEntry(text: string): OldEntry
  /** A whole entry around a payload's inside, with the metadata this client sends (rule 11). */
  newEntry(payload: Payload, inside: string): string
  /** What this client puts inside a Contact. */
  contact(fields: ContactFields): string
  /** The text of a contact's entry as read, with other fields, to be sent back. */
  edit(text: string, fields: Partial<ContactFields>): string
  /** Whether the client believes that its PUT or DELETE worked. */
  isDone(reply: Reply): boolean
}

export type Style = (network: Network) => OldClient

export const account = '/ws/customers/joesflowers'

/** Throws on any status but the one expected: old clients compared them exactly (rule 8). */
export function expectStatus(reply: Reply, status: number): Reply {
  if (reply.status !== status) throw new Error(`${reply.status} instead of ${status}: ${reply.body}`)
  return reply
}

/** Every entry of a collection, page after page as the client finds them. */
export async function readAll(client: OldClient, address: string): Promise<OldEntry[]> {
  const entries: OldEntry[] = []
  for (let next: string | undefined = address; next;) {
    const page: OldPage = client.readPage(expectStatus(await client.ask('GET', next), 200).body)
    entries.push(...page.entries)
    next = page.next
  }
  return entries
}

/** The contact with this address, by the client's own search. */
export async function findContact(client: OldClient, email: string): Promise<OldEntry | undefined> {
  return (await readAll(client, client.at(client.searchFor(email))))[0]
}

/** Our own entry with other lists in it. */
export function withLists(text: string, lists: readonly number[]): string {
  const all = lists.map((id) => `<ContactList id="http://api.constantcontact.com${account}/lists/${id}"/>`).join('')
  return text.replace(/<ContactLists>[^]*<\/ContactLists>/, `<ContactLists>${all}</ContactLists>`)
}
