// What SQLite refuses: whether trying again may help. Used by sqlite.ts.

import { UnavailableError } from '../errors.ts'

const busy = 5
// SQLITE_BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL: it is not the statement's fault.
const passing = [busy, 6, 7, 8, 9, 10, 13, 14, 15]

/** SQLite's result, without what its extended forms have in the upper bits. */
function resultOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
}

/** Another connection is writing. */
export function isBusy(error: unknown): boolean {
  return resultOf(error) === busy
}

/** What may go through later as UnavailableError, anything else as it is. */
export function asUnavailable(error: unknown): unknown {
  if (!passing.includes(resultOf(error) ?? 0)) return error
  return new UnavailableError(`the database refused: ${(error as Error).message}`, { cause: error })
}
