// Answers as HTTP libraries of 2008 expect them: header names in the usual capitals, which some of their users cut out
// of the raw text, and a length on the empty answer to PUT and DELETE. Used by server.ts.

import { ServerResponse } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

const usual: ReadonlyMap<string, string> = new Map([
  ['content-type', 'Content-Type'],
  ['content-length', 'Content-Length'],
  ['location', 'Location'],
  ['www-authenticate', 'WWW-Authenticate'],
])

/** Names are the same to every client that follows RFC 9110 5.1. */
export class OldHeadersResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
  override writeHead(status: number, ...rest: unknown[]): this {
    // On its wire alone: others pay nothing for it.
    if (!this.req.url?.startsWith('/ws/')) return super.writeHead(status, ...(rest as [string]))
    const headers = rest.at(-1) ?? {}
    if (typeof headers !== 'object' || Array.isArray(headers)) return super.writeHead(status, ...(rest as [string]))
    const named: OutgoingHttpHeaders = {}
    for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) named[capitalize(name)] = value
    // One Ruby client of 2010 waits for it (wire-2008 0b), though RFC 9110 8.6 has no length on a 204.
    if (status === 204) named['Content-Length'] = 0
    return super.writeHead(status, named)
  }
}

function capitalize(name: string): string {
  return usual.get(name) ?? name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}
