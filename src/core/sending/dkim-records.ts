// An account's signing keys as they are published. Read by faces/web.

import type { Reader } from '../../db/db.ts'
import { renderDkimRecord } from '../../mail/dkim-key.ts'
import { listDkimKeys } from './dkim-keys.ts'

export interface DkimRecord {
  domain: string
  selector: string
  /** Where the TXT record stands, and what it says. */
  name: string
  value: string
  createdAt: number
  retiredAt: number | null
}

/** By domain, the newest first. */
export async function listDkimRecords(db: Reader, accountId: number): Promise<DkimRecord[]> {
  const keys = await listDkimKeys(db, accountId)
  return keys.map((key) => {
    const { name, value } = renderDkimRecord(key)
    const { domain, selector, createdAt, retiredAt } = key
    return { domain, selector, name, value, createdAt, retiredAt }
  })
}
