// The physical reference for the import: reads the same lines, JSON.parse and a bare insert of each event, in the same
// windows. Contacts, campaigns and links are in its store beforehand. Started by import.ts: file, database.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { BounceCode, EventKind } from '../src/core/events/event.ts'
import { BareStore, toRow } from './bare.ts'
import type { GeneratedEvent } from './generate.ts'
import { checkpoint, perTransaction, sortByKey, windowLines } from './store.ts'

interface Line {
  type: string
  id?: number
  email: string
  kind: EventKind
  campaign: number
  at: string
  url?: string
  code?: BounceCode
  message?: string
}

using store = new BareStore(process.argv[3]!)
const contactIds = new Map<string, number>()
let window: GeneratedEvent[] = []

for await (const text of createInterface({
  input: createReadStream(process.argv[2]!, { highWaterMark: 256 * 1024 }),
})) {
  const line = JSON.parse(text) as Line
  if (line.type === 'contact') contactIds.set(line.email, line.id!)
  if (line.type !== 'event') continue
  window.push(toEvent(line))
  if (window.length === windowLines) flush()
}
flush()
checkpoint(store)

function toEvent({ email, campaign, at, url, ...rest }: Line): GeneratedEvent {
  const event = { ...rest, contactId: contactIds.get(email)!, campaignId: campaign, at: Date.parse(at) }
  return url === undefined ? event : { ...event, url, linkNo: Number(/item-(\d+)/.exec(url)![1]) }
}

function flush(): void {
  const now = Date.now()
  store.insertAll(
    sortByKey(window).map((event) => toRow(event, now)),
    perTransaction,
  )
  window = []
}
