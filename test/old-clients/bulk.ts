// How old clients handed in bulk activities and waited for them (wire-2008 7). Used by bulk.test.ts.

import { authorization, send } from './connection.ts'
import type { Network } from './connection.ts'
import { child, children, ctct, parse, textAt } from './dom.ts'
import { account, expectStatus } from './old-client.ts'

export type Fields = readonly (readonly [name: string, value: string])[]

interface Form {
  type: string
  body: string
}

export interface Activity {
  /** Last segment of its id. */
  id: string
  type: string
  status: string
  count: number
  errors: { line: number; email: string; message: string }[]
  /** Last segment of the file's address; empty when there is none. */
  file: string
  isTimed: boolean
}

/** As the documentation's examples: everything percent-encoded. */
export function encoded(fields: Fields): Form {
  return {
    type: 'application/x-www-form-urlencoded',
    body: new URLSearchParams(fields.map((pair) => [...pair])).toString(),
  }
}

/** As .NET and command lines did: list addresses and line breaks as they are, spaces as %20. */
export function halfEncoded(fields: Fields): Form {
  const pairs = fields.map(([name, value]) => `${name}=${/^https?:/.test(value) ? value : encodeURIComponent(value)}`)
  return { type: 'application/x-www-form-urlencoded', body: pairs.join('&') }
}

const boundary = '----------------------------8c405ee4e38917c'

/** Multipart with the data as a file, under its right name. */
export function multipart(fields: Fields): Form {
  const parts = fields.map(([name, value]) => {
    const file = name === 'data' ? '; filename="contacts.csv"\r\nContent-Type: text/csv' : ''
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
  })
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n` }
}

/** The same bytes as one PHP client labels them: only the boundary tells what they are (0b). */
export function mislabelled(fields: Fields): Form {
  return { ...multipart(fields), type: `application/x-www-form-urlencoded; boundary=${boundary}` }
}

/** Hands it in; throws on anything but 201 with an entry and an address. */
export async function submit(network: Network, { type, body }: Form): Promise<Activity> {
  const reply = await send(network, 'POST', `${network.origin}${account}/activities`, {
    headers: { Authorization: authorization, 'Content-Type': type },
    body,
  })
  const activity = readActivity(expectStatus(reply, 201).body)
  if (!reply.headers.location?.endsWith(`/activities/${activity.id}`)) throw new Error('the address is another one')
  return activity
}

const pollEvery = 5
const mostPolls = 1000

/** Looks at it again and again until it is complete, as every client did. */
export async function waitFor(network: Network, { id }: Activity): Promise<Activity> {
  for (let polls = 0; polls < mostPolls; polls++) {
    const activity = readActivity((await get(network, `/activities/${id}`)).body)
    if (activity.status === 'COMPLETE') return activity
    if (activity.status !== 'PENDING' && activity.status !== 'RUNNING') throw new Error(`it is ${activity.status}`)
    await new Promise((resolve) => setTimeout(resolve, pollEvery))
  }
  throw new Error('it never becomes complete')
}

/** The collection, latest first. */
export async function listActivities(network: Network): Promise<string[]> {
  const feed = parse((await get(network, '/activities')).body)
  return children(feed, 'entry').map((entry) => lastSegment(child(entry, 'id').textContent!))
}

/** The file of a complete export, by the last segment of its name. */
export async function download(network: Network, { file }: Activity): Promise<string> {
  return (await get(network, `/activities/${file}`)).body
}

async function get(network: Network, path: string): Promise<{ body: string }> {
  const headers = { Authorization: authorization, 'Content-Type': 'text/html' }
  return expectStatus(await send(network, 'GET', `${network.origin}${account}${path}`, { headers }), 200)
}

// Errors and times are read without looking whether they are there, as two clients do (7.2).
function readActivity(text: string): Activity {
  const entry = parse(text)
  const activity = child(child(entry, 'content'), 'Activity', ctct)
  return {
    id: lastSegment(child(entry, 'id').textContent!),
    type: textAt(activity, 'Type'),
    status: textAt(activity, 'Status'),
    count: Number(textAt(activity, 'TransactionCount')),
    errors: children(child(activity, 'Errors', ctct), 'Error', ctct).map((error) => ({
      line: Number(textAt(error, 'LineNumber')),
      email: textAt(error, 'EmailAddress'),
      message: textAt(error, 'Message'),
    })),
    file: lastSegment(textAt(activity, 'FileName')),
    isTimed: textAt(activity, 'RunStartTime') !== '' && textAt(activity, 'RunFinishTime') !== '',
  }
}

const lastSegment = (address: string): string => address.slice(address.lastIndexOf('/') + 1)
