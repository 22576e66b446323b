// Which application is asking for tokens (RFC 6749 2.3). Used by token.ts.

import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { FailedLogins } from '../../core/accounts/failed-logins.ts'
import { verifyApplication } from '../../core/oauth/application.ts'
import type { Application } from '../../core/oauth/application.ts'
import { InvalidInputError, UnavailableError } from '../../errors.ts'
import type { Parameters } from './parameters.ts'

/** Undefined for anything wrong; throws InvalidInputError where two ways are used at once. */
export async function findClient(
  app: App,
  failures: FailedLogins,
  c: Context,
  parameters: Parameters,
): Promise<Application | undefined> {
  const shown = showBasic(c.req.header('authorization'), parameters) ?? {
    clientId: parameters.get('client_id'),
    secret: parameters.get('client_secret'),
  }
  const { clientId, secret } = shown
  if (clientId === undefined) return undefined
  const { address } = (c.env ?? {}) as { address?: string }
  if (failures.wait(address, app.now()) > 0) throw new UnavailableError('too many log-ins failed')
  const application = await verifyApplication(app.db, app.credentials.gate, { clientId, secret })
  if (!application) failures.count(address, app.now())
  return application
}

// Both parts are encoded as in a form (RFC 6749 2.3.1), which changes nothing of those made here.
function showBasic(
  header: string | undefined,
  parameters: Parameters,
): { clientId: string | undefined; secret: string | undefined } | undefined {
  const encoded = /^basic +([a-z0-9+/_-]+=*) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [clientId, secret] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s).map(decodeForm)
  const named = parameters.get('client_id')
  if (parameters.has('client_secret') || (named !== undefined && named !== clientId))
    throw new InvalidInputError('the application is named twice')
  return { clientId: clientId || undefined, secret: secret || undefined }
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
