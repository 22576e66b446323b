// What a remote server refused, or why it could not be asked, as a failure of a command.

import { ConnectionError, ContrailError as SdkError } from '../../../../sdk/src/index.ts'
import type { Fault } from '../../../../sdk/src/index.ts'
import { ContrailError } from '../../../errors.ts'

/** With the server's own code, and what it found wrong with each part of the request. */
export class RemoteError extends ContrailError {
  override name = 'RemoteError'
  readonly faults: readonly Fault[]
  /** To find it in the server's log by. */
  readonly requestId: string | undefined
  /** The command was called wrongly, as far as the server can tell. */
  readonly isUsage: boolean

  constructor(
    code: string,
    message: string,
    given: { faults?: readonly Fault[]; requestId?: string | undefined; isUsage?: boolean; cause?: unknown } = {},
  ) {
    super(code, message, { cause: given.cause })
    this.faults = given.faults ?? []
    this.requestId = given.requestId
    this.isUsage = given.isUsage ?? false
  }
}

/** The SDK's failures in our words; others as they are. */
export function toRemoteError(error: unknown, url: string): unknown {
  if (error instanceof ConnectionError) {
    const reason = reasonOf(error.cause)
    return new RemoteError(error.code, `${url}: ${error.message}${reason && ` (${reason})`}`, { cause: error })
  }
  if (!(error instanceof SdkError)) return error
  const { code, message, faults, requestId, status } = error
  return new RemoteError(code, explain(code, message, url), {
    faults,
    requestId,
    isUsage: status === 400,
    cause: error,
  })
}

function explain(code: string, message: string, url: string): string {
  if (code === 'unauthenticated') return `${url}: the key is not known there`
  // No problem document: something else answers at this address.
  if (/^(http_\d+|not_understood)$/.test(code)) return `${url}: ${message}: is this a Contrail server?`
  return message
}

// "fetch failed", for a reason that is two causes down.
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  const inner = reasonOf(cause.cause)
  if (inner !== '') return inner
  const { code } = cause as NodeJS.ErrnoException
  return cause.message !== '' ? cause.message : (code ?? '')
}
