// What a failure of PostgreSQL means for whoever asked: done again it may go through, or not now, or a defect of ours.
// Used by postgres.ts.

import { RaceLostError, UnavailableError } from '../errors.ts'

/** `race`: another transaction was in the way. `connection`: the server is gone or going. `busy`: it can't take it now. */
type Failure = 'race' | 'connection' | 'busy'

// Of unique and foreign keys too: the rules look before they write, so only what came in between violates one.
const races = ['40001', '40P01', '23505', '23503', '55P03']
// The last: the transaction lay still for too long.
const connections = ['57P01', '57P02', '57P03', '57P05', '25P03']
const systemErrors = [
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT',
] // oxfmt-ignore
// What the client library says without a code.
const lostWords = /^(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed)/
// All connections were busy for as long as one may wait.
const noneFree = /^timeout exceeded when trying to connect/

/** Undefined for what no repetition would mend. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof RaceLostError) return 'race'
  if (error instanceof AggregateError) return failureOf(error.errors[0])
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (races.includes(code)) return 'race'
  // 53300: too many connections.
  if (code.startsWith('08') || code === '53300' || connections.includes(code) || systemErrors.includes(code))
    return 'connection'
  if (lostWords.test(error.message)) return 'connection'
  if (isSilence(error) || noneFree.test(error.message)) return 'busy'
  // Out of a resource, cancelled by the statement timeout, no longer let in, or connected to a standby.
  const isStandby = code === '25006' || (code === '0A000' && error.message.includes('recovery'))
  return /^(53|58|57014|28|3D000)/.test(code) || isStandby || isPoolers(error) ? 'busy' : undefined
}

// Duplicate prepared statement, and none of that name: each transaction has another server connection.
const poolerCodes = ['42P05', '26000']

/** Said by a pooler, or because of one, that does not keep a connection's settings and statements together. */
export function isPoolers(error: Error): boolean {
  if (error.message.startsWith('unsupported startup parameter')) return true
  return 'code' in error && poolerCodes.includes(String(error.code))
}

/** The server has not answered a statement in the time it has, nor said that it won't. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

/** The error as the rest of the program knows it; what is no failure of the store stays as it is. */
export function asUnavailable(error: unknown): unknown {
  const failure = failureOf(error)
  if (failure === undefined) return error
  const verb = failure === 'connection' || isSilence(error) ? 'does not answer' : 'refused'
  return new UnavailableError(`the database ${verb}: ${wordsOf(error)}`, { cause: error })
}

function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return wordsOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
