// The physical reference for HTTP: raw node:http that answers the very bytes ours answered before. Started by http.ts.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent, cpuMicros } from './child.ts'

interface Question {
  /** Whose answers to keep; absent when only asked for the figures. */
  fetchFrom?: { url: string; paths: string[]; authorization: string; entry: string }
}

interface Kept {
  headers: { 'content-type': string; 'content-length': number }
  body: Buffer
}

const answers = new Map<string, Kept>()
const server = createServer((request, response) => {
  const { headers, body } = answers.get(request.url!)!
  response.writeHead(200, headers)
  response.end(body)
})
server.listen(0, '127.0.0.1')

answerParent(async ({ fetchFrom }: Question) => {
  for (const path of fetchFrom?.paths ?? []) {
    const response = await fetch(fetchFrom!.url + path, { headers: { authorization: fetchFrom!.authorization } })
    const body = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200 || body.toString().split(fetchFrom!.entry).length !== 51)
      throw new Error(`${path} answered ${response.status} and is no page of 50`)
    answers.set(path, {
      headers: { 'content-type': response.headers.get('content-type')!, 'content-length': body.length },
      body,
    })
  }
  const bytes = [...answers.values()].reduce((sum, { body }) => sum + body.length, 0) / Math.max(1, answers.size)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cpu: cpuMicros(), bytes }
})
