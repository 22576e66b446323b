// What the running program is: its store, clock, log and settings. Faces get it passed; nothing is global.

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { databasePath } from './config.ts'
import type { Config } from './config.ts'
import { CredentialVerifier } from './core/accounts/verify-credentials.ts'
import { TokenVerifier } from './core/oauth/verify-token.ts'
import { openTracking } from './core/tracking/tracking.ts'
import type { Tracking } from './core/tracking/tracking.ts'
import type { Db, Migratable } from './db/db.ts'
import { listMigrations, migrate } from './db/migrate.ts'
import { openPostgres } from './db/postgres.ts'
import { findOrCreateSecret } from './db/secret.ts'
import { openSqlite } from './db/sqlite.ts'
import type { SqliteOptions } from './db/sqlite.ts'
import { ConfigError } from './errors.ts'
import type { Log } from './log.ts'

export interface App extends AsyncDisposable {
  config: Config
  db: Db
  log: Log
  /** Epoch ms; the only clock. */
  now: () => number
  /** Signs page tokens; the same in all processes on one store. */
  cursorKey: Uint8Array
  credentials: CredentialVerifier
  tokens: TokenVerifier
  tracking: Tracking
  /** Names of the migrations that opening the store applied. */
  applied: readonly string[]
}

/** Opens the store, creating (unless `mayCreate` is false) or upgrading it first. Must be closed, which waits for writes under way. */
export async function openApp(
  config: Config,
  options: { log: Log; now?: () => number; sqlite?: SqliteOptions; mayCreate?: boolean },
): Promise<App> {
  const { log, now = Date.now, sqlite, mayCreate = true } = options
  const isEmbedded = config.databaseUrl === undefined
  if (isEmbedded && !mayCreate && !existsSync(databasePath(config))) {
    throw new ConfigError(
      `CONTRAIL_DATA: there is no database in ${config.dataDir} yet: "contrail account create NAME" makes one`,
    )
  }
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`CONTRAIL_DATA: can't create ${config.dataDir} (${error.code})`)
  })
  const db = isEmbedded ? openEmbedded(config, { ...sqlite, now }) : await openServer(config, now)
  try {
    const applied = await migrate(db, listMigrations(db.engine), now(), isEmbedded || mayCreate)
    if (applied.length > 0) log.info({ applied }, 'database upgraded')
    const cursorKey = await db.transaction((tx) => findOrCreateSecret(tx, 'cursor'))
    const tracking = await openTracking(db, { folder: config.dataDir, openSpool: openSqlite, log, now })
    return {
      config,
      db,
      log,
      now,
      cursorKey,
      credentials: new CredentialVerifier(db),
      tokens: new TokenVerifier(db),
      tracking,
      applied,
      [Symbol.asyncDispose]: async () => {
        await tracking[Symbol.asyncDispose]()
        await db[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw error
  }
}

function openServer(config: Config, now: () => number): Promise<Migratable> {
  return openPostgres(config.databaseUrl!, {
    poolSize: config.databasePoolSize,
    hasPreparedStatements: config.databasePrepared,
    statementTimeout: config.databaseTimeout,
    now,
  })
}

function openEmbedded(config: Config, options: SqliteOptions): Migratable {
  try {
    return openSqlite(databasePath(config), options)
  } catch (error) {
    throw new ConfigError(`CONTRAIL_DATA: can't open ${databasePath(config)}: ${(error as Error).message}`)
  }
}
