// The job that reads what came in by webhook, in the order it came: small bodies share a transaction, large ones take
// several. Given to the jobs by server.ts, with the adapters of faces/hooks.

import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Tx } from '../../db/db.ts'
import { InvalidInputError, UnavailableError } from '../../errors.ts'
import { JobLostError } from '../jobs/job.ts'
import type { JobKind, JobRun } from '../jobs/run-jobs.ts'
import { applyEvents } from './apply-events.ts'
import type { Applied, HookSeams } from './apply-events.ts'
import type { HookEvent, HookProviderName, ParsedHook } from './hook-event.ts'
import { findNewEntry, finishEntry } from './inbox.ts'
import type { InboxOutcome, InboxState, NewEntry } from './inbox.ts'

type Parsers = Readonly<Record<HookProviderName, { parse: (body: Uint8Array) => ParsedHook }>>

/** Events in a transaction: while the program has nothing else to do, and while it has. */
const perStep = 200
const perBusyStep = 25
/** What waits for longer than this is kept waiting by us, in ms. */
const busyFrom = 2
/** How much longer than a step the rest behind it is while the program is busy, and how long at most, in ms. */
const restFactor = 4
const longestRest = 250
/** Bodies that share a transaction. */
const bodiesPerStep = 50
const bytesPerStep = 2 ** 20
/** How long to go on before other jobs have their turn, in ms. */
const turn = 15_000
/** Problems that are kept in words. */
const maxProblems = 20

export function readInboxJobKind(parsers: Parsers, seams: HookSeams): JobKind {
  return {
    // What arrives wakes it (inbox-writer.ts), unless it arrives while the last one is being read.
    every: 15_000,
    work: async (run) => {
      const until = performance.now() + turn
      const pace: Pace = { size: perBusyStep }
      for (let after = 0; !run.signal.aborted && performance.now() < until;) {
        const bodies = await takeSome(run, parsers, after, pace)
        const last = bodies.at(-1)
        if (!last) return
        after = last.entry.inboxId
        await readTogether(run, bodies, seams, pace)
      }
    },
  }
}

/** A body, read as far as `from`. */
interface ReadBody {
  entry: NewEntry
  events: readonly HookEvent[]
  outcome: InboxOutcome
  from: number
  isFailed: boolean
}

async function takeSome(run: JobRun, parsers: Parsers, after: number, pace: Pace): Promise<ReadBody[]> {
  const bodies: ReadBody[] = []
  let events = 0
  let bytes = 0
  let last = after
  while (bodies.length < bodiesPerStep && events < pace.size && bytes < bytesPerStep) {
    const entry = await findNewEntry(run.db, last)
    if (!entry) break
    const body = parse(parsers, entry)
    bodies.push(body)
    last = entry.inboxId
    events += body.events.length
    bytes += entry.body.length
  }
  return bodies
}

function parse(parsers: Parsers, entry: NewEntry): ReadBody {
  const none = { recorded: 0, known: 0, ignored: 0, unmapped: 0 }
  try {
    const { events, problems } = parsers[entry.provider].parse(entry.body)
    return { entry, events, outcome: { ...none, problems }, from: 0, isFailed: false }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    const problems = [{ item: 0, message: error.message }]
    return { entry, events: [], outcome: { ...none, problems }, from: 0, isFailed: true }
  }
}

// What makes the store refuse must not hold up the rest: then each is read by itself, and the one at fault is said to.
async function readTogether(run: JobRun, bodies: readonly ReadBody[], seams: HookSeams, pace: Pace): Promise<void> {
  try {
    await readAll(run, bodies, seams, pace)
  } catch (error) {
    if (error instanceof UnavailableError || error instanceof JobLostError) throw error
    const [only] = bodies
    if (bodies.length > 1) for (const body of bodies) await readTogether(run, [body], seams, pace)
    else if (only) await fail(run, only, String(error))
  }
}

async function fail(run: JobRun, body: ReadBody, reason: string): Promise<void> {
  const outcome = { ...body.outcome, problems: [{ item: body.from, message: `it could not be stored: ${reason}` }] }
  await run.db.transaction((tx) => finish(tx, run, { ...body, outcome, isFailed: true }))
}

async function readAll(run: JobRun, bodies: readonly ReadBody[], seams: HookSeams, pace: Pace): Promise<void> {
  let left = bodies
  while (left.length > 0) {
    const begunAt = performance.now()
    const before = left
    left = await run.db.transaction((tx) => step(tx, run, before, seams, pace.size))
    await rest(pace, performance.now() - begunAt)
  }
}

/** Applies so many events of the bodies, ends those that are read to their end, and returns the others as they are now. */
async function step(
  tx: Tx,
  run: JobRun,
  bodies: readonly ReadBody[],
  seams: HookSeams,
  size: number,
): Promise<ReadBody[]> {
  let room = size
  const parts = bodies.map((body): Part => {
    const events = body.events.slice(body.from, body.from + room)
    room -= events.length
    return { body, events }
  })
  const read = new Map<ReadBody, ReadBody>(bodies.map((body) => [body, body]))
  for (const together of Map.groupBy(
    parts,
    ({ body }) => `${body.entry.accountId} ${body.entry.creates} ${body.entry.wasRead}`,
  ).values())
    for (const [before, now] of await apply(tx, run, together, seams)) read.set(before, now)
  const left: ReadBody[] = []
  for (const body of read.values()) {
    if (body.from === body.events.length) await finish(tx, run, body)
    else left.push(body)
  }
  await run.save(tx, null)
  return left
}

/** What of a body has its turn now. */
interface Part {
  body: ReadBody
  events: readonly HookEvent[]
}

// All of one account at once. What comes back is a copy, because the transaction may be run again.
async function apply(
  tx: Tx,
  run: JobRun,
  parts: readonly Part[],
  seams: HookSeams,
): Promise<[before: ReadBody, now: ReadBody][]> {
  const { accountId, creates, wasRead } = parts[0]!.body.entry
  // What does not say when it happened, happened when we heard of it.
  const events = parts.flatMap((part) => part.events.map((event) => ({ ...event, at: event.at ?? part.body.entry.receivedAt }))) // oxfmt-ignore
  const applied = await applyEvents(tx, accountId, events, { creates, countsVisits: !wasRead, now: run.now(), seams })
  let next = 0
  return parts.map(({ body, events: own }) => {
    const outcome = { ...body.outcome, problems: [...body.outcome.problems] }
    for (let i = 0; i < own.length; i++) count(outcome, applied[next++]!, body.from + i)
    return [body, { ...body, outcome, from: body.from + own.length }]
  })
}

function count(outcome: InboxOutcome, applied: Applied, item: number): void {
  if (typeof applied === 'string') outcome[applied]++
  else {
    outcome.unmapped++
    outcome.problems.push({ item, message: applied.unmapped })
  }
}

async function finish(tx: Tx, run: JobRun, { entry, outcome, isFailed }: ReadBody): Promise<void> {
  const isWhole = outcome.problems.length === 0
  const state: InboxState = isFailed ? 'failed' : isWhole ? 'done' : 'partly'
  await finishEntry(tx, entry, state, { ...outcome, problems: outcome.problems.slice(0, maxProblems) }, run.now())
}

/** How much is done at once; follows from how much else there is to do. */
interface Pace {
  size: number
}

// Requests go before: they are answered within milliseconds, and the inbox can wait.
async function rest(pace: Pace, worked: number): Promise<void> {
  const from = performance.now()
  await setImmediate()
  const isBusy = performance.now() - from > busyFrom
  pace.size = isBusy ? perBusyStep : Math.min(pace.size * 2, perStep)
  if (isBusy) await setTimeout(Math.min(worked * restFactor, longestRest))
}
