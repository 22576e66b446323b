// The physical reference for webhooks: raw node:http that reads each body to its end, keeps nothing and answers the same.
// Started by hooks.ts.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent, cpuMicros } from './child.ts'

const answer = 'Kept.\n'
const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8', 'content-length': answer.length })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  answerParent(() => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cpu: cpuMicros(),
    memory: process.memoryUsage().rss,
  }))
})
