// The wire of 2008 from TypeScript: find a contact by its e-mail address, go through what it did. For servers of that time
// and for Contrail alike.

export interface OldSettings {
  /** Such as `https://mail.example.com`. */
  url: string
  /** The API key, and the account's user name and password. */
  key: string
  username: string
  password: string
  /** Stands in for the global one. */
  fetch?: typeof fetch
}

export interface OldContact {
  id: number
  email: string
  name: string
  status: string
}

export type OldCollection = 'sends' | 'opens' | 'clicks' | 'bounces' | 'forwards' | 'optouts'

export interface OldEvent {
  id: string
  kind: OldCollection
  at: Date
  campaign: string | undefined
  /** Clicks: the address. */
  url: string | undefined
  /** Bounces: the letter and what it stands for. */
  code: string | undefined
  description: string | undefined
}

export interface OldClient {
  /** By address; undefined when the account has no such contact. */
  findContact(email: string): Promise<OldContact | undefined>
  /** What a contact did, newest first, page after page. */
  events(contact: number | OldContact, kind: OldCollection): AsyncGenerator<OldEvent, undefined>
}

/** The server refused, in words. */
export class OldError extends Error {
  override name = 'OldError'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export function createOldClient(settings: OldSettings): OldClient {
  const base = `/ws/customers/${encodeURIComponent(settings.username)}`
  return {
    findContact: async (email) => {
      const feed = await read(settings, `${base}/contacts?email=${encodeURIComponent(email)}`)
      return entriesOf(feed).map(toContact)[0]
    },
    events: async function* (contact, kind) {
      const id = typeof contact === 'number' ? contact : contact.id
      let path: string | undefined = `${base}/contacts/${id}/events/${kind}`
      while (path !== undefined) {
        const feed: string = await read(settings, path)
        for (const entry of entriesOf(feed)) yield toEvent(kind, entry)
        path = nextOf(feed)
      }
      return undefined
    },
  }
}

async function read({ url, key, username, password, fetch: ask = fetch }: OldSettings, path: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${key}%${username}:${password}`)
  const authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`
  const response = await ask(new URL(path, url), { headers: { authorization, accept: 'application/atom+xml' } })
  const text = await response.text()
  if (!response.ok) throw new OldError(response.status, text.trim().slice(0, 500))
  return text
}

// A feed of known make, read without a parser: entries do not nest, and texts are escaped.
function entriesOf(feed: string): string[] {
  return [...feed.matchAll(/<entry[\s>][^]*?<\/entry>/g)].map(([entry]) => entry)
}

function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)</`).exec(xml)?.[1]
  return text === undefined ? undefined : unescape(text.trim())
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescape(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
    },
  )
}

function nextOf(feed: string): string | undefined {
  const link = /<link\b[^>]*\brel="next"[^>]*>/.exec(feed)?.[0]
  const href = link && /\bhref="([^"]*)"/.exec(link)?.[1]
  return href === undefined ? undefined : unescape(href)
}

function toContact(entry: string): OldContact {
  const id = textOf(entry, 'id') ?? ''
  return {
    id: Number(id.split('/').at(-1)),
    email: textOf(entry, 'EmailAddress') ?? '',
    name: textOf(entry, 'Name') ?? '',
    status: textOf(entry, 'Status') ?? '',
  }
}

function toEvent(kind: OldCollection, entry: string): OldEvent {
  const campaign = /<Campaign\b[^>]*>([^]*?)<\/Campaign>/.exec(entry)?.[1]
  return {
    id: textOf(entry, 'id') ?? '',
    kind,
    at: new Date(textOf(entry, 'EventTime') ?? textOf(entry, 'updated') ?? ''),
    campaign: campaign === undefined ? undefined : textOf(campaign, 'Name'),
    url: textOf(entry, 'LinkUrl'),
    code: textOf(entry, 'Code'),
    description: textOf(entry, 'Description'),
  }
}
