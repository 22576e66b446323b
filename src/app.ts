// What the running program is: its store, clock, log and settings. Faces get it passed; nothing is global.

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { databasePath } from './config.ts'
import type { Config } from './config.ts'
import { CredentialVerifier } from './core/accounts/verify-credentials.ts'
import type { ReportCounts } from './core/bounces/ingest-report.ts'
import { parseHere, parseInThread } from './core/bounces/report-parser.ts'
import type { ReportParser, ReportThread } from './core/bounces/report-parser.ts'
import { KeyVerifier } from './core/accounts/verify-key.ts'
import { refuseUnfinishedCopy } from './core/copy/claim.ts'
import type { QueueForward } from './core/forwards/forward.ts'
import type { JobCounts } from './core/jobs/run-jobs.ts'
import type { MailSettings } from './core/sending/make-message.ts'
import { makeQueueForward } from './core/sending/queue-forward.ts'
import type { SenderCounts, SenderHost } from './core/sending/sender.ts'
import { TokenVerifier } from './core/oauth/verify-token.ts'
import { storeInThread } from './core/tracking/hit-store.ts'
import type { HitThread } from './core/tracking/hit-store.ts'
import { Remembered } from './core/requests/remembered.ts'
import type { DeliveryCounts } from './core/webhooks/deliver.ts'
import { compileHere, compileInThread } from './core/campaigns/mjml-compiler.ts'
import type { MjmlCompiler, MjmlThread } from './core/campaigns/mjml-compiler.ts'
import { openTracking } from './core/tracking/tracking.ts'
import type { Tracking } from './core/tracking/tracking.ts'
import type { Post } from './core/webhooks/post-webhook.ts'
import type { Connections, Db, Store } from './db/db.ts'
import { listMigrations, migrate } from './db/migrate.ts'
import { openPostgres } from './db/postgres.ts'
import { findOrCreateSecret } from './db/secret.ts'
import { backUpSqlite, restoreSqlite } from './db/sqlite-backup.ts'
import type { BackupOptions } from './db/sqlite-backup.ts'
import { emergencyPages } from './db/sqlite-checkpoint.ts'
import { openSqlite } from './db/sqlite.ts'
import type { SqliteOptions } from './db/sqlite.ts'
import { ConfigError } from './errors.ts'
import type { Log } from './log.ts'
import { createOutageNotes } from './outages.ts'
import type { NoteOutage } from './outages.ts'
import { mailSettings, senderHost } from './sender-host.ts'
import { openPost } from './webhook-post.ts'

export interface App extends AsyncDisposable {
  config: Config
  db: Db
  log: Log
  noteOutage: NoteOutage
  /** Read by metrics.ts. */
  counts: ProgramCounts
  connections: () => Connections | undefined
  /** Epoch ms; the only clock. */
  now: () => number
  /** Signs page tokens; the same in all processes on one store. */
  cursorKey: Uint8Array
  credentials: CredentialVerifier
  tokens: TokenVerifier
  keys: KeyVerifier
  tracking: Tracking
  reports: ReportParser
  mjml: MjmlCompiler
  /** Where readers reach us and what their mails carry; throws ConfigError where they can't. */
  mailSettings(): MailSettings
  /** With a way to the relay, opened for whoever starts a sender; throws ConfigError where there is none. */
  senderHost(): SenderHost
  /** Takes mails that readers forward; readers can't forward where it is absent. */
  queueForward?: QueueForward
  /** The way out for webhooks: reaches the public internet, and what the settings add. */
  postWebhook: Post
  /** Reports that take long to make. */
  remembered: Remembered
  /** Names of the migrations that opening the store applied. */
  applied: readonly string[]
}

/** Counted since the program started. */
interface ProgramCounts extends JobCounts {
  /** Requests that met a store that is away. */
  turnedAway: number
  /** Answers of the 2008 wire that were kept, and others. */
  fromMemory: number
  fromStore: number
  reports: ReportCounts
  messages: SenderCounts
  deliveries: DeliveryCounts
}

function noCounts(): ProgramCounts {
  return {
    turnedAway: 0,
    fromMemory: 0,
    fromStore: 0,
    jobsDone: 0,
    jobsFailed: 0,
    reports: new Map(),
    messages: { accepted: 0, deferred: 0, refused: 0, unknown: 0, notSent: 0 },
    deliveries: { accepted: 0, failed: 0, dropped: 0, disabled: 0 },
  }
}

interface OpenOptions {
  log: Log
  now?: () => number
  sqlite?: SqliteOptions
  mayCreate?: boolean
  /**
   * Hits are stored, and the log is folded into the file, by threads of their own, where the store is the embedded one; and
   * mail that came back is read by one, MJML compiled by another.
   */
  hasThreads?: boolean
}

/** Opens the store, creating (unless `mayCreate` is false) or upgrading it first. Must be closed, which waits for writes under way. */
export async function openApp(config: Config, options: OpenOptions): Promise<App> {
  const { log, now = Date.now } = options
  const isThreaded = config.databaseUrl === undefined && options.hasThreads === true
  const sqlite = isThreaded ? { ...options.sqlite, checkpointPages: emergencyPages } : options.sqlite
  const { db, applied } = await openStore(config, { ...options, ...(sqlite && { sqlite }) })
  const folding = isThreaded ? startFolding(databasePath(config), log) : undefined
  try {
    await refuseUnfinishedCopy(db)
    const cursorKey = await db.transaction((tx) => findOrCreateSecret(tx, 'cursor'))
    const hitStore = isThreaded ? storeInThread(() => startHitThread(databasePath(config)), now) : undefined
    const counts = noCounts()
    const note = createOutageNotes(log, now)
    const tracking = await openTracking(db, { folder: config.dataDir, openSpool: openSqlite, log, now, hitStore })
    const webhooks = openPost({ allowed: config.webhookAllow })
    const reports = options.hasThreads ? parseInThread(startReportThread) : parseHere
    const mjml = options.hasThreads ? compileInThread(startMjmlThread) : compileHere
    return {
      config,
      db,
      log,
      noteOutage: (error) => {
        counts.turnedAway++
        note(error)
      },
      counts,
      connections: () => db.connections(),
      now,
      cursorKey,
      credentials: new CredentialVerifier(db),
      tokens: new TokenVerifier(db),
      keys: new KeyVerifier(db),
      tracking,
      reports,
      mjml,
      mailSettings: () => mailSettings(config),
      senderHost: () => senderHost(config, { db, log, now, counts: counts.messages, key: () => tracking.keys.newest }),
      ...(config.relay && { queueForward: makeQueueForward(now) }),
      postWebhook: webhooks.post,
      remembered: new Remembered(),
      applied,
      [Symbol.asyncDispose]: async () => {
        webhooks[Symbol.dispose]()
        await Promise.all([tracking, reports, mjml].map((part) => part[Symbol.asyncDispose]()))
        await folding?.[Symbol.asyncDispose]()
        await db[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await folding?.[Symbol.asyncDispose]()
    await db[Symbol.asyncDispose]()
    throw error
  }
}

function startFolding(path: string, log: Log): AsyncDisposable {
  const thread = new Worker(new URL('checkpoint-thread.ts', import.meta.url), { workerData: path })
  // Without it commits fold the log, as they do where there are no threads, only later.
  thread.on('error', (error) => log.warn({ err: error }, 'the thread that folds the log into the database ended'))
  const ended = new Promise((resolve) => thread.once('exit', resolve))
  thread.unref()
  return {
    [Symbol.asyncDispose]: async () => {
      thread.ref()
      thread.postMessage('stop')
      await ended
    },
  }
}

function startHitThread(path: string): HitThread {
  return new Worker(new URL('hit-thread.ts', import.meta.url), { workerData: path })
}

function startReportThread(): ReportThread {
  return new Worker(new URL('report-thread.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 } })
}

function startMjmlThread(): MjmlThread {
  return new Worker(new URL('mjml-thread.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 512 } })
}

/** The same without the rest of the program: puts nothing into the store but its tables. */
export async function openStore(
  config: Config,
  options: OpenOptions,
): Promise<{ db: Store; applied: readonly string[] }> {
  const { log, now = Date.now, sqlite, mayCreate = true } = options
  const isEmbedded = config.databaseUrl === undefined
  if (!mayCreate) requireDatabase(config)
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`CONTRAIL_DATA: can't create ${config.dataDir} (${error.code})`)
  })
  const db = isEmbedded ? openEmbedded(config, { ...sqlite, now }) : await openServer(config, now)
  try {
    const applied = await migrate(db, listMigrations(db.engine), now(), isEmbedded || mayCreate)
    if (applied.length > 0) log.info({ applied }, 'database upgraded')
    return { db, applied }
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw error
  }
}

/** Writes the embedded database into one file, while others use it; returns its size in bytes. */
export function backUp(config: Config, file: string, options: BackupOptions): Promise<number> {
  requireDatabase(config)
  return backUpSqlite(databasePath(config), file, options)
}

/** Makes a backup the embedded database of a folder that has none. */
export async function restore(config: Config, file: string): Promise<void> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  await restoreSqlite(file, databasePath(config), listMigrations('sqlite').at(-1)!.number)
}

function requireDatabase(config: Config): void {
  if (config.databaseUrl === undefined && !existsSync(databasePath(config)))
    throw new ConfigError(
      `CONTRAIL_DATA: there is no database in ${config.dataDir} yet: "contrail account create NAME" makes one`,
    )
}

/** Nobody who asks waits longer for a connection. In ms. */
const longestConnectTimeout = 10_000

function openServer(config: Config, now: () => number): Promise<Store> {
  return openPostgres(config.databaseUrl!, {
    poolSize: config.databasePoolSize,
    hasPreparedStatements: config.databasePrepared,
    statementTimeout: config.databaseTimeout,
    connectTimeout: Math.min(longestConnectTimeout, config.databaseTimeout),
    now,
  })
}

function openEmbedded(config: Config, options: SqliteOptions): Store {
  try {
    return openSqlite(databasePath(config), options)
  } catch (error) {
    throw new ConfigError(`CONTRAIL_DATA: can't open ${databasePath(config)}: ${(error as Error).message}`)
  }
}
