// Backing up the embedded store while others write to it, and putting a backup in place. Used by app.ts.

import { existsSync } from 'node:fs'
import { copyFile, constants, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { ConflictError, InvalidInputError } from '../errors.ts'

/** Pages between two turns of the event loop. */
const step = 1000
const busyTimeout = 30_000

export interface BackupOptions {
  /** Replaces a file that is there already. */
  mayReplace: boolean
  onProgress?: (progress: { done: number; size: number }) => void
}

/**
 * Writes the store as it is at the beginning into one file, which is there whole or not at all, and safe from a power cut
 * when this resolves. Returns its size in bytes.
 */
export async function backUpSqlite(path: string, file: string, options: BackupOptions): Promise<number> {
  if (existsSync(file)) {
    if ((await realpath(file)) === (await realpath(path)))
      throw new InvalidInputError('the backup would replace the database itself', 'file')
    if (!options.mayReplace) throw new ConflictError(`${file} exists already: --force replaces it`)
  }
  const temporary = `${file}.${process.pid}.tmp`
  const source = new DatabaseSync(path, { timeout: busyTimeout })
  try {
    // The read stays open until the end: else every write of others would start the backup anew, for ever on a busy store.
    source.exec('pragma query_only = on; begin')
    source.prepare('select 1 from sqlite_schema limit 1').get()
    await backup(source, temporary, {
      rate: step,
      progress: ({ totalPages, remainingPages }) =>
        options.onProgress?.({ done: totalPages - remainingPages, size: totalPages }),
    })
    // One file that can be read where nothing can be written.
    withDatabase(temporary, (copy) => copy.exec('pragma journal_mode = delete'))
    await putInPlace(temporary, file)
  } catch (error) {
    for (const suffix of ['', '-journal', '-wal', '-shm']) await rm(temporary + suffix, { force: true })
    throw error
  } finally {
    source.close()
  }
  return (await stat(file)).size
}

/**
 * Makes a backup the database at `path`, where there must be none, after looking at all of it. The file stays as it is.
 * Returns the number of its schema; `newest` is the last that this program knows.
 */
export async function restoreSqlite(file: string, path: string, newest: number): Promise<number> {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    if (existsSync(path + suffix))
      throw new ConflictError(`${path + suffix} exists already: restoring needs an empty folder`)
  if (existsSync(`${file}-wal`))
    throw new InvalidInputError(`${file} is a database in use, not a backup: ${file}-wal belongs to it`, 'file')
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await copyFile(file, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    const version = withDatabase(temporary, (copy) => examine(copy, file))
    if (version > newest)
      throw new InvalidInputError(
        `${file} has schema ${version} and this program knows schemas up to ${newest}`,
        'file',
      )
    await putInPlace(temporary, path)
    return version
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function withDatabase<T>(path: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

function examine(db: DatabaseSync, file: string): number {
  const version = newestMigration(db)
  if (version === undefined) throw new InvalidInputError(`${file} is no backup of Contrail`, 'file')
  const fault = findFault(db)
  if (fault !== undefined) throw new InvalidInputError(`${file} is damaged: ${fault}`, 'file')
  return version
}

function newestMigration(db: DatabaseSync): number | undefined {
  try {
    const row = db.prepare('select max(number) as version from migration').get()
    return (row!['version'] as number | null) ?? undefined
  } catch {
    return undefined
  }
}

function findFault(db: DatabaseSync): string | undefined {
  try {
    const verdict = db.prepare('pragma integrity_check(1)').get()!['integrity_check']
    if (verdict !== 'ok') return String(verdict)
    return db.prepare('pragma foreign_key_check').get() && 'rows refer to what is not there'
  } catch (error) {
    return (error as Error).message
  }
}

async function putInPlace(temporary: string, path: string): Promise<void> {
  await sync(temporary)
  await rename(temporary, path)
  await sync(dirname(path))
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
