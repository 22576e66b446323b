// What an account chose for its clients of 2008, whose programs nobody changes any more. Chosen in faces/web, heeded by
// faces/atom.

import type { Db, Reader, VersionedReader } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'

export const optoutElements = ['OptoutEvent', 'OptOutEvent', 'both'] as const
type OptoutElement = (typeof optoutElements)[number]

export interface WireOptions {
  /** How many days back the feeds of events go; 0: all. */
  historyDays: number
  optoutElement: OptoutElement
  /** Whether opens and clicks of machines are told and counted. */
  includesMachines: boolean
}

/** What is undefined is as the server has it. */
export type WireChoices = { [name in keyof WireOptions]: WireOptions[name] | undefined }

/** A hundred years. */
const maxDays = 36_500

/** Throws NotFoundError. */
export async function getWireChoices(db: Reader, accountId: number): Promise<WireChoices> {
  const row = await db.one<{ days: number | null; optout: string | null; machines: number | null }>(sql`
    select wire_days as days, wire_optout as optout, wire_machines as machines from account where account_id = ${accountId}`)
  if (!row) throw new NotFoundError(`there is no account ${accountId}`)
  return {
    historyDays: row.days ?? undefined,
    optoutElement: optoutElements.find((name) => name === row.optout),
    includesMachines: row.machines === null ? undefined : row.machines === 1,
  }
}

/** Holds from the next request on, where the engine tells of changes; elsewhere within seconds. Throws InvalidInputError. */
export async function setWireChoices(db: Db, accountId: number, choices: WireChoices): Promise<void> {
  const { historyDays, optoutElement, includesMachines } = choices
  if (historyDays !== undefined && !(Number.isInteger(historyDays) && historyDays >= 0 && historyDays <= maxDays))
    throw new InvalidInputError(`a number of days is from 0 to ${maxDays}`, 'days')
  await db.transaction((tx) =>
    tx.run(sql`
      update account set wire_days = ${historyDays ?? null}, wire_optout = ${optoutElement ?? null},
        wire_machines = ${includesMachines === undefined ? null : Number(includesMachines)}
      where account_id = ${accountId}`),
  )
}

interface Kept {
  options: WireOptions
  version: number | undefined
  until: number
}

/** Where the engine can't tell whether anything changed. */
const keptFor = 5000
const maxKept = 10_000

/** What holds for an account now; asked at each request, so it is kept while nothing changed. */
export function createWireOptions(
  db: VersionedReader,
  usual: WireOptions,
): (accountId: number, now: number) => Promise<WireOptions> {
  const kept = new Map<number, Kept>()
  return async (accountId, now) => {
    const version = db.version()
    const known = kept.get(accountId)
    if (known && (version === undefined ? known.until > now : known.version === version)) return known.options
    const { historyDays, optoutElement, includesMachines } = await getWireChoices(db, accountId)
    const options = {
      historyDays: historyDays ?? usual.historyDays,
      optoutElement: optoutElement ?? usual.optoutElement,
      includesMachines: includesMachines ?? usual.includesMachines,
    }
    if (kept.size >= maxKept) kept.delete(kept.keys().next().value!)
    kept.set(accountId, { options, version, until: now + keptFor })
    return options
  }
}
