// What connections to PostgreSQL are opened with. Used by postgres.ts.

import type { PoolConfig } from 'pg'
import { resultTypes } from './postgres-text.ts'

export interface PostgresOptions {
  /** Connections at most. */
  poolSize?: number
  /** Off behind a pooler that gives each transaction another server connection (PgBouncer). */
  hasPreparedStatements?: boolean
  /** How long one statement may take, and a transaction wait between two, in ms. */
  statementTimeout?: number
  /** How long to wait for a connection, in ms; and how long what failed with one is begun again. */
  connectTimeout?: number
  /** How many requests may wait for a connection; beyond that they are refused at once. */
  maxWaiting?: number
  /** The program's clock, epoch ms. */
  now?: () => number
}

/** How much longer than the server's own limit a statement is waited for, in ms; no longer than that limit again. */
const silence = 5000
/** How long a transaction may lie still, in ms, before the server ends it: it holds locks that others wait for. */
const maxStandstill = 10_000
export function poolConfig(url: string, options: Required<PostgresOptions>): PoolConfig {
  const config: PoolConfig = {
    connectionString: url,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeout,
    application_name: 'contrail',
    types: resultTypes,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    // Where the server's own timeout does not reach: a network that swallows the answer.
    query_timeout: options.statementTimeout + Math.min(silence, options.statementTimeout),
  }
  // A pooler refuses settings in the connection's start-up.
  if (!options.hasPreparedStatements) return config
  return { ...config, ...timeLimits(options) }
}

/** What the server itself ends, as settings of a session or a transaction. */
export function timeLimits({ statementTimeout }: Required<PostgresOptions>) {
  return {
    statement_timeout: statementTimeout,
    idle_in_transaction_session_timeout: Math.min(maxStandstill, statementTimeout),
  }
}
