// Folders of the library (wire-2008 8.2). Ids are small numbers of the account, as those of lists.

import type { Db, Reader } from '../../db/db.ts'
import { allocateIds } from '../../db/ids.ts'
import { sql, sqlLimit } from '../../db/sql.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'

export interface Folder {
  folderId: number
  name: string
  createdAt: number
}

const columns = sql`folder_id as "folderId", name, created_at as "createdAt"`

/** In the order they were made; `after` is the last one already shown. */
export function listFolders(db: Reader, accountId: number, page: { after: number; limit: number }): Promise<Folder[]> {
  return db.all<Folder>(sql`
    select ${columns} from library_folder where account_id = ${accountId} and folder_id > ${page.after}
    order by folder_id ${sqlLimit(page.limit)}`)
}

/** By id; throws NotFoundError. */
export async function getFolder(db: Reader, accountId: number, folderId: number): Promise<Folder> {
  const folder = await db.one<Folder>(
    sql`select ${columns} from library_folder where account_id = ${accountId} and folder_id = ${folderId}`,
  )
  if (!folder) throw new NotFoundError(`there is no folder ${folderId}`)
  return folder
}

/** Throws ConflictError when the account has a folder of this name. */
export function createFolder(db: Db, accountId: number, name: string, now: number): Promise<Folder> {
  return db.transaction(async (tx) => {
    const namesake = await tx.one(sql`select 1 from library_folder where account_id = ${accountId} and name = ${name}`)
    if (namesake) throw new ConflictError(`the account has a folder named "${name}"`)
    const folderId = await allocateIds(tx, `folder of ${accountId}`, 1, 1)
    await tx.run(sql`
      insert into library_folder(account_id, folder_id, name, created_at) values (${accountId}, ${folderId}, ${name}, ${now})`)
    return { folderId, name, createdAt: now }
  })
}
