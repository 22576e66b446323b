// The physical reference for clicks: raw node:http that answers the same redirect and keeps nothing. Started by clicks.ts.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent, cpuMicros } from './child.ts'

const headers = {
  'cache-control': 'no-store, private',
  pragma: 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  location: 'https://www.shop.example/offers/1',
  'content-length': '0',
}
const server = createServer((_, response) => {
  response.writeHead(302, headers)
  response.end()
})
server.listen(0, '127.0.0.1', () => {
  answerParent(() => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cpu: cpuMicros(),
    memory: process.memoryUsage().rss,
  }))
})
