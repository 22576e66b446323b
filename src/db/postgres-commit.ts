// How a transaction on PostgreSQL ends. Used by postgres.ts.

import { DatabaseError } from 'pg'
import type { PoolClient } from 'pg'
import { UnavailableError } from '../errors.ts'
import { failureOf, isSilence } from './postgres-errors.ts'

/** The commit was sent and no answer came: what it said may be stored or not. */
class UnknownOutcomeError extends UnavailableError {}

/** True when it is stored. Throws when it is not, or when nobody knows. */
export async function commit(client: PoolClient): Promise<boolean> {
  const { command } = await client.query('commit').catch((error: unknown) => {
    if (error instanceof DatabaseError && failureOf(error) !== 'connection') throw error
    throw new UnknownOutcomeError(
      'the connection broke while the database was committing: whether it is stored is not known; sending it again is safe',
      { cause: error },
    )
  })
  // PostgreSQL answers the commit of a failed transaction with a rollback and no error.
  if (command !== 'COMMIT')
    throw new Error('a statement of this transaction had failed, and its work went on all the same')
  return true
}

/** Where the connection is lost or silent, a rollback would wait for it; without it, the server rolls back by itself. */
export function isAnswered(error: unknown): boolean {
  return !(error instanceof UnknownOutcomeError) && !isSilence(error) && failureOf(error) !== 'connection'
}

/** False when the connection is of no more use. */
export async function rolledBack(client: PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}
