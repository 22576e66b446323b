// Compares the library's files with its rows: `contrail serve` removes what a crash left over, `contrail doctor` counts.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Db, Reader } from '../../db/db.ts'
import { sql, sqlList } from '../../db/sql.ts'
import { bytesPath } from './image-bytes.ts'
import { deleteUnnamedBytes } from './write-image.ts'

/** A younger file may belong to an upload under way, whose row is still to come. */
const minAge = 3_600_000

/** Deletes the files that no row names, once they are an hour old; gives how many. */
export async function sweepLibrary(db: Db, library: string, now: number): Promise<number> {
  let count = 0
  for await (const { accountId, folder, unnamed } of walk(db, library)) {
    const old = []
    for (const name of unnamed) {
      const file = await stat(join(folder, name)).catch(() => undefined)
      if (file && now - file.mtimeMs > minAge) old.push(name)
    }
    count += await deleteUnnamedBytes(db, library, accountId, old.filter(isDigest))
    for (const name of old.filter((other) => !isDigest(other))) {
      await rm(join(folder, name), { force: true })
      count++
    }
  }
  return count
}

export interface LibraryState {
  images: number
  bytes: number
  /** Images whose bytes are gone or have another length. */
  damaged: number
  /** Files of no image. */
  unnamed: number
}

/** What there is; changes nothing. */
export async function examineLibrary(db: Reader, library: string): Promise<LibraryState> {
  const state: LibraryState = { images: 0, bytes: 0, damaged: 0, unnamed: 0 }
  for (const { accountId } of await db.all<{ accountId: number }>(sql`select account_id as "accountId" from account`)) {
    const images = await db.all<{ sha256: string; size: number }>(
      sql`select sha256, size from library_image where account_id = ${accountId}`,
    )
    for (const { sha256, size } of images) {
      const file = await stat(bytesPath(library, accountId, sha256)).catch(() => undefined)
      state.images++
      state.bytes += size
      if (file?.size !== size) state.damaged++
    }
  }
  for await (const { unnamed } of walk(db, library)) state.unnamed += unnamed.length
  return state
}

interface Leaf {
  accountId: number
  folder: string
  unnamed: string[]
}

async function* walk(db: Reader, library: string): AsyncGenerator<Leaf> {
  for (const account of await names(library, /^[1-9]\d{0,15}$/)) {
    const accountId = Number(account)
    for (const digits of await names(join(library, account), /^[0-9a-f]{2}$/)) {
      const folder = join(library, account, digits)
      const files = await names(folder, /^[0-9a-f]{64}(\.[0-9a-f]+\.tmp)?$/)
      const named = await findNamed(db, accountId, files.filter(isDigest))
      yield { accountId, folder, unnamed: files.filter((name) => !named.has(name)) }
    }
  }
}

/** How many digests one statement asks for. */
const batch = 256

async function findNamed(db: Reader, accountId: number, digests: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>()
  for (let start = 0; start < digests.length; start += batch) {
    const rows = await db.all<{ sha256: string }>(sql`
      select sha256 from library_image
      where account_id = ${accountId} and sha256 in ${sqlList(digests.slice(start, start + batch))}`)
    for (const { sha256 } of rows) named.add(sha256)
  }
  return named
}

// What is called otherwise is not ours.
async function names(folder: string, pattern: RegExp): Promise<string[]> {
  const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  return all.filter((name) => pattern.test(name))
}

function isDigest(name: string): boolean {
  return name.length === 64
}
