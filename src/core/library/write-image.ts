// Adds images to the library and deletes them, with their bytes, within the account's quota (wire-2008 8.2).
// A crash leaves at most bytes without a row, which the sweep finds; never a row without its bytes.

import { createHash, randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import type { Db, Tx } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql } from '../../db/sql.ts'
import { ForbiddenError, InvalidInputError, UnavailableError } from '../../errors.ts'
import { getFolder } from './folder.ts'
import { bytesPath, storeBytes } from './image-bytes.ts'
import { readImageHeader } from './image-header.ts'
import type { ImageHeader } from './image-header.ts'
import { noSuchImage } from './image.ts'
import type { Image } from './image.ts'

export const maxImageBytes = 5 * 2 ** 20
/** Unpacked, a larger picture would cost its reader more memory than a mail may. */
const maxSidePixels = 10_000

export interface Library {
  /** The folder all accounts' bytes are in. */
  path: string
  /** What one account may store. */
  quotaBytes: number
}

export interface NewImage {
  fileName: string
  description: string
  /** Hex; undefined when the sender named none. */
  md5: string | undefined
  bytes: Uint8Array
}

/** Resolves once row and bytes are durable. Throws NotFoundError, InvalidInputError, ForbiddenError over quota. */
export async function addImage(
  db: Db,
  library: Library,
  accountId: number,
  folderId: number,
  given: NewImage,
  now: number,
): Promise<Image> {
  const { type, width, height } = checkHeader(given.bytes)
  const md5 = createHash('md5').update(given.bytes).digest('hex')
  if (given.md5 !== undefined && given.md5.toLowerCase() !== md5)
    throw new InvalidInputError(`the bytes have the MD5 ${md5}, not the one given`, 'MD5Hash')
  const sha256 = createHash('sha256').update(given.bytes).digest('hex')
  const size = given.bytes.length
  await getFolder(db, accountId, folderId)
  await checkQuota(db, library, accountId, size)
  const path = bytesPath(library.path, accountId, sha256)
  await storeBytes(path, given.bytes)
  return db.transaction(async (tx) => {
    if ((await changeUsage(tx, accountId, size)) > library.quotaBytes) throw overQuota(library)
    await getFolder(tx, accountId, folderId)
    // Who deletes the same bytes holds the same row of library_usage, so nobody can be at it now.
    if (!existsSync(path)) throw new UnavailableError('the same image was being deleted')
    const { fileName, description } = given
    const imageId = await allocateIds(tx, `image of ${accountId}`, 1, 1)
    const publicId = newPublicId()
    await tx.run(sql`
      insert into library_image(account_id, image_id, folder_id, public_id, file_name, description, type, width, height, size, md5, sha256, created_at)
      values (${accountId}, ${imageId}, ${folderId}, ${publicId}, ${fileName}, ${description}, ${type}, ${width}, ${height}, ${size}, ${md5}, ${sha256}, ${now})`)
    return { imageId, folderId, publicId, fileName, description, type, width, height, size, md5, sha256, createdAt: now }
  }) // oxfmt-ignore
}

/** Deletes one image, and its bytes unless another has the same. Throws NotFoundError. */
export async function deleteImage(
  db: Db,
  library: Library,
  accountId: number,
  folderId: number,
  imageId: number,
): Promise<void> {
  const deleted = await db.transaction(async (tx) => {
    const image = await tx.one<{ sha256: string; size: number }>(sql`
      delete from library_image where account_id = ${accountId} and image_id = ${imageId} and folder_id = ${folderId}
      returning sha256, size`)
    if (!image) throw noSuchImage(folderId, imageId)
    await changeUsage(tx, accountId, -image.size)
    return image.sha256
  })
  await deleteUnnamedBytes(db, library.path, accountId, [deleted])
}

/** Deletes all images of a folder; the folder stays. Throws NotFoundError. */
export async function deleteFolderImages(db: Db, library: Library, accountId: number, folderId: number): Promise<void> {
  const deleted = await db.transaction(async (tx) => {
    await getFolder(tx, accountId, folderId)
    const images = await tx.all<{ sha256: string; size: number }>(sql`
      delete from library_image where account_id = ${accountId} and folder_id = ${folderId} returning sha256, size`)
    await changeUsage(tx, accountId, -images.reduce((sum, { size }) => sum + size, 0))
    return images.map(({ sha256 }) => sha256)
  })
  await deleteUnnamedBytes(db, library.path, accountId, deleted)
}

/**
 * Deletes the files that no row names now. In a transaction of its own, which comes after the one that deleted the rows
 * is durable, and which keeps everybody from adding the same bytes meanwhile.
 */
export async function deleteUnnamedBytes(
  db: Db,
  path: string,
  accountId: number,
  digests: Iterable<string>,
): Promise<number> {
  let count = 0
  for (const sha256 of new Set(digests)) {
    await db.transaction(async (tx) => {
      await tx.run(sql`update library_usage set bytes = bytes where account_id = ${accountId}`)
      const named = await tx.one(
        sql`select 1 from library_image where account_id = ${accountId} and sha256 = ${sha256} limit 1`,
      )
      if (named) return
      rmSync(bytesPath(path, accountId, sha256), { force: true })
      count++
    })
  }
  return count
}

function checkHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length > maxImageBytes) throw new InvalidInputError(`an image may have at most ${maxImageBytes} bytes`)
  const header = readImageHeader(bytes)
  if (!header) throw new InvalidInputError('the bytes are no whole GIF, PNG or JPEG image')
  if (header.width > maxSidePixels || header.height > maxSidePixels)
    throw new InvalidInputError(`an image may be at most ${maxSidePixels} pixels wide and high`)
  return header
}

// Before the disk is written to; what counts is the check within the transaction.
async function checkQuota(db: Db, library: Library, accountId: number, size: number): Promise<void> {
  const row = await db.one<{ bytes: number }>(sql`select bytes from library_usage where account_id = ${accountId}`)
  if ((row?.bytes ?? 0) + size > library.quotaBytes) throw overQuota(library)
}

/** Locks the account's library for the rest of the transaction, and gives what it then takes. */
async function changeUsage(tx: Tx, accountId: number, bytes: number): Promise<number> {
  const row = await tx.one<{ bytes: number }>(sql`
    insert into library_usage(account_id, bytes) values (${accountId}, ${bytes})
    on conflict (account_id) do update set bytes = library_usage.bytes + ${bytes} returning bytes`)
  return row!.bytes
}

function overQuota({ quotaBytes }: Library): ForbiddenError {
  return new ForbiddenError(`the library is full: its images may take ${Math.floor(quotaBytes / 2 ** 20)} MB together`)
}

// 128 bits in lower case: old clients lower-case whole addresses (0.7).
function newPublicId(): string {
  return randomBytes(16).toString('hex')
}
