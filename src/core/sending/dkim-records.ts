// An account's signing keys as they are published. Read by the faces.

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

/** All of the account, or of one domain; by domain, the newest first. */
export async function listDkimRecords(db: Reader, accountId: number, domain?: string): Promise<DkimRecord[]> {
  const keys = await listDkimKeys(db, accountId, domain)
  return keys.map((key) => {
    const { name, value } = renderDkimRecord(key)
    const { domain, selector, createdAt, retiredAt } = key
    return { domain, selector, name, value, createdAt, retiredAt }
  })
}
