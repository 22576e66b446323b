// The keys that sign tracking tokens: the newest signs, all verify. Kept by the app, and by whoever makes links.

import { randomBytes } from 'node:crypto'
import type { Db, Reader, Tx } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { ConflictError } from '../../errors.ts'
import type { TokenKey } from './token.ts'

/** In the table of secrets: `tracking 1`, `tracking 2` and so on. */
const prefix = 'tracking '
/** A key's number is one byte of a token. */
const maxKeys = 255
/** Tokens of a key made by another process are looked for again after so many ms; forged ones ask no more often. */
const reloadTime = 10_000
/** The same for those who wait for the answer. */
const refreshTime = 1000

/** What a process knows of the keys. */
export class TrackingKeys {
  readonly #db: Reader
  readonly #now: () => number
  #keys = new Map<number, Uint8Array>()
  #newest = 0
  #loadedAt = 0
  #refreshedAt = 0

  private constructor(db: Reader, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Reads the keys, making the first one where there is none. */
  static async open(db: Db, now: () => number): Promise<TrackingKeys> {
    await db.transaction(async (tx) => {
      if ((await listKeys(tx)).size === 0) await insertKey(tx, 1)
    })
    const keys = new TrackingKeys(db, now)
    await keys.#load()
    return keys
  }

  /** The key that signs now. */
  get newest(): TokenKey {
    return { keyNo: this.#newest, key: this.#keys.get(this.#newest)! }
  }

  /** Undefined for a number that no key has, as far as this process knows; asks the store again now and then. */
  readonly find = (keyNo: number): Uint8Array | undefined => {
    const known = this.#keys.get(keyNo)
    // Earlier than the last time: the clock was set back.
    const age = this.#now() - this.#loadedAt
    if (known || (age >= 0 && age < reloadTime)) return known
    this.#loadedAt = this.#now()
    // What can't be read now is read later; this token is taken for an unknown one.
    void this.#load().catch(() => undefined)
    return undefined
  }

  /** Asks the store for this key where it is not known, but not again within a second; rejects when the store is away. */
  async refresh(keyNo: number): Promise<void> {
    const age = this.#now() - this.#refreshedAt
    if (this.#keys.has(keyNo) || (age >= 0 && age < refreshTime)) return
    await this.#load()
    this.#refreshedAt = this.#now()
  }

  async #load(): Promise<void> {
    this.#loadedAt = this.#now()
    this.#keys = await listKeys(this.#db)
    this.#newest = Math.max(...this.#keys.keys())
  }
}

/** Makes a new key that signs from now on, where processes start anew; what older ones signed goes on working. */
export function rotateTrackingKey(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    const keyNo = Math.max(0, ...(await listKeys(tx)).keys()) + 1
    if (keyNo > maxKeys) throw new ConflictError(`there can be no more than ${maxKeys} tracking keys`)
    await insertKey(tx, keyNo)
    return keyNo
  })
}

async function listKeys(db: Reader): Promise<Map<number, Uint8Array>> {
  const rows = await db.all<{ name: string; value: string }>(
    sql`select name, value from secret where name like ${`${prefix}%`}`,
  )
  return new Map(rows.map(({ name, value }) => [Number(name.slice(prefix.length)), Buffer.from(value, 'hex')]))
}

async function insertKey(tx: Tx, keyNo: number): Promise<void> {
  await tx.run(sql`
    insert into secret(name, value) values (${prefix + keyNo}, ${randomBytes(32).toString('hex')}) on conflict do nothing`)
}
