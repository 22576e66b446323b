// The few kinds of answers the 2008 wire has (wire-2008 1.5, 9.2). Charset is named, for clients that assume Latin-1.

import { ContrailError, InvalidInputError } from '../../errors.ts'
import type { Xml } from './xml.ts'

/** A 200 answer before it has become one. */
export interface Document {
  contentType: string
  body: string | Buffer<ArrayBuffer>
}

export function atomAnswer(document: Xml): Document {
  return { contentType: 'application/atom+xml; charset=UTF-8', body: document.text }
}

export function serviceAnswer(document: Xml): Document {
  return { contentType: 'application/atomsvc+xml; charset=UTF-8', body: document.text }
}

export function documentAnswer({ contentType, body }: Document): Response {
  return new Response(body, { headers: { 'content-type': contentType } })
}

/** 201 with the address of what was created and, because clients read it, the thing itself (0.8). */
export function createdAnswer(location: string, { text }: Xml): Response {
  return new Response(text, {
    status: 201,
    headers: { 'content-type': 'application/atom+xml; charset=UTF-8', location },
  })
}

/** 204 with nothing at all: one client takes any body for a failure (0.8). */
export function emptyAnswer(): Response {
  return new Response(null, { status: 204 })
}

/** `Error {code}: {message}` as plain text. */
export function errorAnswer(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(`Error ${status}: ${message}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers },
  })
}

/** 401 with the challenge that Java, .NET and httplib2 wait for before they send credentials (0.9). */
export function unauthorized(): Response {
  return errorAnswer(
    401,
    'The request needs an API key, a user name and a password that belong together, or a token, and may only name that user.',
    {
      'www-authenticate': 'Basic realm="Contrail", charset="UTF-8"',
    },
  )
}

/** The same to who showed a token: Basic first, which naive clients look for, then what RFC 6750 3.1 says. */
export function badToken(): Response {
  const answer = unauthorized()
  answer.headers.append('www-authenticate', 'Bearer realm="Contrail", error="invalid_token"')
  return answer
}

/** 403 to a token that is not good for this (RFC 6750 3.1). */
export function insufficientScope(scope: string): Response {
  return errorAnswer(403, `This token may not ${scope}.`, {
    'www-authenticate': `Bearer realm="Contrail", error="insufficient_scope", scope="${scope}"`,
  })
}

const maxMessage = 500

const statuses: Record<string, number> = {
  invalid_input: 400,
  not_found: 404,
  forbidden: 403,
  conflict: 409,
  unavailable: 503,
}

/** Our own failures as answers; undefined for anything unforeseen. */
export function failureAnswer(error: unknown): Response | undefined {
  if (!(error instanceof ContrailError)) return undefined
  const status = statuses[error.code]
  if (status === undefined) return undefined
  // It may repeat what was sent.
  const message = error.message.charAt(0).toUpperCase() + error.message.slice(1, maxMessage).replace(/\.?$/, '.')
  if (status === 503) return errorAnswer(503, 'The service is busy. Try again.', { 'retry-after': '1' })
  return errorAnswer(
    status,
    error instanceof InvalidInputError && error.field ? `${message} (${error.field})` : message,
  )
}
