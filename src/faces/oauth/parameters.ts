// Parameters of a request, each once. Used by authorize.ts and token.ts.

import type { Context } from 'hono'
import { InvalidInputError } from '../../errors.ts'
import { parseScopes } from '../../core/accounts/api-key.ts'
import type { Scope } from '../../core/accounts/api-key.ts'
import type { Application } from '../../core/oauth/application.ts'

export type Parameters = ReadonlyMap<string, string>

/**
 * Empty ones count as left out, and none may have two values (RFC 6749 3.1, 3.2); throws InvalidInputError. Old clients
 * send the same one in the query and in the body.
 */
export function parseParameters(...texts: readonly string[]): Parameters {
  const parameters = new Map<string, string>()
  for (const [name, value] of texts.flatMap((text) => [...new URLSearchParams(text)])) {
    if (value === '') continue
    if ((parameters.get(name) ?? value) !== value) throw new InvalidInputError(`${name} is given twice`)
    parameters.set(name, value)
  }
  return parameters
}

/** The query as sent. */
export function queryOf(c: Context): string {
  const { url } = c.req
  const question = url.indexOf('?')
  return question < 0 ? '' : url.slice(question + 1)
}

/** The body of a form; empty for any other type, which some old clients send with nothing in it. */
export async function formOf(c: Context): Promise<string> {
  const type = c.req.header('content-type')?.split(';')[0]!.trim().toLowerCase()
  return type === 'application/x-www-form-urlencoded' ? c.req.text() : ''
}

/** Those asked for, or all the application may have when none are named; undefined for more than that. */
export function parseScope(text: string | undefined, { scopes }: Application): readonly Scope[] | undefined {
  if (text === undefined) return scopes
  try {
    const asked = [...new Set(parseScopes(text))]
    return asked.every((scope) => scopes.includes(scope)) ? asked : undefined
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined
    throw error
  }
}
