// POST /inbound/raw: a mail that came back, as a mail server or a provider's inbound hook hands it over by HTTP. What is
// answered with 200 is stored.

import { Hono } from 'hono'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { ingestReport, maxMailBytes } from '../../core/bounces/ingest-report.ts'
import type { Ingested } from '../../core/bounces/ingest-report.ts'
import { UnavailableError } from '../../errors.ts'
import { createDoor } from './door.ts'
import { Refusal } from './refusal.ts'

/** Whom the request came from, as server.ts hands it on. */
interface From {
  Bindings: { address?: string | undefined }
}

const mailTypes = new Set(['message/rfc822', 'message/global'])
/** RFC 5321 4.5.3.1.3, with room for what is no address. */
const maxAddress = 320

export function bounceRoutes(app: App): Hono<From> {
  const routes = new Hono<From>()
  const door = createDoor(app)
  routes.post('/inbound/raw', async (c) => {
    const { account } = await door(c.req.header('authorization'), c.env?.address)
    const mail = await readMail(c)
    const receivedAt = app.now()
    return c.json(toJson(await ingestReport(app, { ...mail, receivedAt, way: 'http', onlyAccount: account.accountId })))
  })
  routes.all('/inbound/raw', () => new Refusal(405, 'bad_method', 'mail is handed over by POST', { allow: 'POST' }).toResponse()) // oxfmt-ignore
  routes.onError((error) => toResponse(app, error))
  return routes
}

async function readMail({
  req,
}: Context<From>): Promise<{ raw: Uint8Array } & Record<'envelopeTo' | 'envelopeFrom', string | undefined>> {
  // oxfmt-ignore
  const type = req.header('content-type')?.split(';', 1)[0]!.trim().toLowerCase() ?? ''
  if (!mailTypes.has(type))
    throw new Refusal(415, 'bad_type', 'the body must be a mail as it came: Content-Type: message/rfc822')
  const [envelopeTo, envelopeFrom] = [req.query('recipient'), req.query('sender')]
  if ([envelopeTo, envelopeFrom].some((address) => address !== undefined && address.length > maxAddress))
    throw new Refusal(400, 'invalid_input', `an address has at most ${maxAddress} characters`)
  const raw = await readBody(req.raw)
  if (raw.length === 0) throw new Refusal(400, 'invalid_input', 'there is no mail in the body')
  return { raw, envelopeTo, envelopeFrom }
}

async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = Number(request.headers.get('content-length') ?? 0)
  if (size <= maxMailBytes) size = 0
  else throw tooLarge()
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > maxMailBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): Refusal {
  return new Refusal(413, 'too_large', `a mail has at most ${maxMailBytes} bytes`)
}

function toJson({ outcome, kind, message, reason, reviewId }: Ingested): object {
  const { contactId, campaignId } = message ?? {}
  return { outcome, kind, contactId, campaignId, reason, reviewId }
}

function toResponse(app: App, error: Error): Response {
  if (error instanceof Refusal) return error.toResponse()
  if (error instanceof UnavailableError) app.noteOutage(error)
  else app.log.error({ err: error }, 'mail that came back could not be taken in')
  // Also for a failure of ours: whoever sent it keeps it and tries again.
  return new Refusal(503, 'unavailable', 'it can not be stored now: try again', { 'retry-after': '60' }).toResponse()
}
