// A signed request that is about nothing, to see whether an endpoint takes what it will get. Used by the API and the
// command line.

import { randomBytes } from 'node:crypto'
import type { Db } from '../../db/db.ts'
import { insertAttempts } from './attempts.ts'
import type { Attempt } from './attempts.ts'
import { renderTest } from './payload.ts'
import { postWebhook } from './post-webhook.ts'
import type { Outbound } from './post-webhook.ts'
import { UnavailableError } from '../../errors.ts'
import { getWebhook } from './webhook.ts'

/** Throws NotFoundError; UnavailableError when it was given up. */
export async function testWebhook(
  host: Outbound & { db: Db },
  accountId: number,
  endpointId: string,
  signal: AbortSignal,
): Promise<Attempt> {
  const webhook = await getWebhook(host.db, accountId, endpointId)
  const id = `msg_test_${randomBytes(15).toString('base64url')}`
  const message = { id, eventRef: null, attemptNo: 1, body: renderTest(endpointId, host.now()) }
  const sent = await postWebhook(host, webhook, message, signal)
  if (!sent) throw new UnavailableError('the test was given up')
  await host.db.transaction((tx) => insertAttempts(tx, accountId, endpointId, [sent.attempt]))
  return sent.attempt
}
