// Clients that go on while servers come and go: they write contacts, hand in a bulk activity and read, note what they
// were answered, and try again when they are told to.

import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { demo } from '../program.ts'

export const base = '/ws/customers/joesflowers'

/** How often the random runs are done; `npm run test:faults` does many. */
export const rounds = Number(process.env['CONTRAIL_TEST_FAULT_ROUNDS'] ?? 1)

export interface Answers {
  /** Ids of contacts that were answered with 201, by their addresses. */
  created: Map<string, number>
  /** Addresses that a repeated request found there. */
  found: Set<string>
  /** How often each status came; 0 for a connection that was cut. */
  statuses: Map<number, number>
  /** Where activities are. */
  activities: string[]
}

export function noAnswers(): Answers {
  return { created: new Map(), found: new Set(), statuses: new Map(), activities: [] }
}

/** Where the server is now; it may be somewhere else after a restart. */
export interface Place {
  url: string
  /** There is nobody to be asked any more. */
  isGone?: boolean
}

/** Sends until there is an answer other than "try again", as clients do; that must be none of a defect. */
export async function send(place: Place, answers: Answers, path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    assert.ok(!place.isGone, 'the server is gone for good')
    const response = await fetch(place.url + path, {
      ...init,
      headers: { ...demo, ...(init.headers as Record<string, string>) },
    }).catch(() => undefined)
    const status = response?.status ?? 0
    answers.statuses.set(status, (answers.statuses.get(status) ?? 0) + 1)
    if (response && status !== 503) {
      assert.ok(status < 500, `${status}: ${await response.clone().text()}`)
      // An answer that breaks off is none.
      const body = await response.arrayBuffer().catch(() => undefined)
      if (body) return new Response(status === 204 ? null : body, response)
      continue
    }
    if (response) assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
    await response?.arrayBuffer().catch(() => undefined)
    await setTimeout(20)
  }
}

const entry = (email: string): string => `<entry xmlns="http://www.w3.org/2005/Atom"><title type="text"> </title>
  <updated>2008-07-23T14:21:06.407Z</updated><author></author><id>data:,none</id><summary type="text">Contact</summary>
  <content type="application/vnd.ctct+xml"> <Contact xmlns="http://ws.constantcontact.com/ns/1.0/"><EmailAddress>${email}</EmailAddress>
  <OptInSource>ACTION_BY_CUSTOMER</OptInSource><ContactLists><ContactList id="http://x${base}/lists/1"/></ContactLists></Contact></content></entry>`

/** Creates the contact, and is told so or, when an earlier attempt went through, finds it. */
export async function create(place: Place, answers: Answers, email: string): Promise<void> {
  const headers = { 'content-type': 'application/atom+xml' }
  const response = await send(place, answers, `${base}/contacts`, { method: 'POST', headers, body: entry(email) })
  if (response.status === 201) {
    const id = Number(/\/contacts\/(\d+)$/.exec(response.headers.get('location')!)![1])
    answers.created.set(email, id)
  } else {
    assert.equal(response.status, 409, await response.text())
    answers.found.add(email)
  }
}

/** Hands in a bulk activity. */
export async function submit(place: Place, answers: Answers, emails: readonly string[]): Promise<void> {
  const body = new URLSearchParams({
    activityType: 'SV_ADD',
    data: ['Email Address,First Name', ...emails.map((email, i) => `${email},N${i}`)].join('\n'),
    lists: `http://x${base}/lists/2`,
  })
  const response = await send(place, answers, `${base}/activities`, { method: 'POST', body })
  assert.equal(response.status, 201, await response.text())
  answers.activities.push(new URL(response.headers.get('location')!).pathname)
}

/** Waits for an activity's end, and gives its state and count. */
export async function finish(place: Place, answers: Answers, path: string): Promise<{ status: string; count: number }> {
  for (;;) {
    const text = await (await send(place, answers, path)).text()
    const status = /<Status>([^<]*)</.exec(text)![1]!
    if (status === 'COMPLETE' || status === 'ERROR')
      return { status, count: Number(/<TransactionCount>(\d+)</.exec(text)![1]) }
    await setTimeout(20)
  }
}

/** Ids of the events of a collection, page by page along the next links. */
export async function walk(place: Place, answers: Answers, path: string, eachPage = async () => {}): Promise<string[]> {
  const ids: string[] = []
  for (let next: string | undefined = path; next !== undefined;) {
    const response = await send(place, answers, next)
    assert.equal(response.status, 200)
    const text = await response.text()
    ids.push(...[...text.matchAll(/<entry>[^]*?<id>([^<]*)</g)].map(([, id]) => id!))
    next = /<link href="([^"]*)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    await eachPage()
  }
  return ids
}
