// Copies the bytes of a library's images to where another server keeps its own. Used by `contrail copy`.

import { readFile, stat } from 'node:fs/promises'
import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { bytesPath, storeBytes } from './image-bytes.ts'

const page = 256

/** Copies what is not there yet; `db` says which images there are. What is missing at its source is left out. */
export async function copyBytes(db: Reader, accountId: number, from: string, to: string): Promise<number> {
  let copied = 0
  for (let after = 0; ;) {
    const images = await db.all<{ imageId: number; sha256: string; size: number }>(sql`
      select image_id as "imageId", sha256, size from library_image
      where account_id = ${accountId} and image_id > ${after} order by image_id ${sqlLimit(page)}`)
    for (const { sha256, size } of images) {
      const [source, target] = [bytesPath(from, accountId, sha256), bytesPath(to, accountId, sha256)]
      if ((await sizeOf(target)) === size || (await sizeOf(source)) !== size) continue
      await storeBytes(target, await readFile(source))
      copied++
    }
    if (images.length < page) return copied
    after = images.at(-1)!.imageId
  }
}

function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
}
