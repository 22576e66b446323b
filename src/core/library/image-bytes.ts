// The bytes of images on disk: `{library}/{account}/{2 digits}/{sha-256}`. A file is there whole or not at all, and
// before the row that names it; what no row names is swept. Used by the rest of this folder and by whoever serves them.

import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UnavailableError } from '../../errors.ts'

/** `sha256` is our own digest of the bytes, never text from outside. */
export function bytesPath(library: string, accountId: number, sha256: string): string {
  return join(library, String(accountId), sha256.slice(0, 2), sha256)
}

// No room, over a quota, larger than a file may be, or a failing disk.
const refusals = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']

/** Resolves once the file would survive a power cut. The same bytes again replace themselves. Throws UnavailableError. */
export async function storeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await store(path, bytes)
  } catch (error) {
    if (!refusals.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new UnavailableError(`the disk refused: ${(error as Error).message}`, { cause: error })
  }
}

async function store(path: string, bytes: Uint8Array): Promise<void> {
  const created = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  // The folder holds the file's name; a new folder's own name is in the one above.
  const last = created === undefined ? dirname(path) : dirname(created)
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder)
    if (folder === last) return
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
