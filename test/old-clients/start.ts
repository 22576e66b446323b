// A listening server with a history, for old clients to be pointed at. Used by every flow.

import type { Config } from '../../src/config.ts'
import { addSender } from '../../src/core/senders/sender.ts'
import { listen } from '../../src/server.ts'
import { importLines } from '../import-lines.ts'
import { addAccount, openTestApp, testCredentials } from '../server.ts'
import type { TestApp } from '../server.ts'
import { dialPlain } from './connection.ts'
import type { Network } from './connection.ts'

export interface OldServer extends TestApp {
  accountId: number
  network: Network
  port: number
}

/** Listens on a free port; the store is empty but for an account. */
export async function startOldServer(settings: Partial<Config> = {}): Promise<OldServer> {
  const opened = await openTestApp({ port: 0, ...settings })
  const accountId = await addAccount(opened.app, testCredentials)
  const listening = await listen(opened.app)
  return {
    ...opened,
    accountId,
    network: { origin: listening.url, dial: dialPlain },
    port: Number(new URL(listening.url).port),
    [Symbol.asyncDispose]: async () => {
      await listening.close()
      await opened[Symbol.asyncDispose]()
    },
  }
}

/** Each collection with the kind of its events and how many there are: two pages, and three of clicks. */
export const collections = {
  sends: { kind: 'send', count: 60 },
  opens: { kind: 'open', count: 60 },
  clicks: { kind: 'click', count: 110 },
  bounces: { kind: 'bounce', count: 60 },
  forwards: { kind: 'forward', count: 60 },
  optouts: { kind: 'optout', count: 60 },
} as const
export const email = "o'brien+news@mail.com"
export const clickedUrl = 'http://www.example.com/?a=1&b=é<x>'

/** Two lists, a sender, two campaigns, and a contact that did much. */
export async function startWithHistory(settings: Partial<Config> = {}): Promise<OldServer> {
  const server = await startOldServer(settings)
  await importLines(server, [
    { type: 'list', id: 1, name: 'General Interest' },
    { type: 'list', id: 2, name: 'Bäume & "Sträucher"' },
    { type: 'campaign', id: 1100537019381, name: 'Oktober & <Söhne>', date: '2008-10-03T16:50:04.534Z' },
    { type: 'campaign', id: 1100536902615, name: 'September', date: '2008-09-29T16:50:04.534Z' },
    { type: 'contact', id: 31, email: 'quiet@mail.com', lists: ['General Interest'] },
    { type: 'contact', id: 32, email, firstName: 'Zoë', lists: ['General Interest'] },
    ...Object.values(collections).flatMap(({ kind, count }) => Array.from({ length: count }, (_, i) => event(kind, i))),
  ])
  await addSender(server.app.db, server.accountId, 'joe@joesflowers.example', server.clock.now)
  return server
}

function event(kind: string, i: number): object {
  const extra: Record<string, object> = {
    click: { url: clickedUrl },
    bounce: { code: 'B', message: '550 5.1.1 <x@y> unknown' },
    optout: { by: 'contact' },
  }
  const at = `2008-10-04T0${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}:00.910Z`
  return { type: 'event', kind, contact: 32, campaign: i % 2 ? 1100537019381 : 1100536902615, at, ...extra[kind] }
}
