// Any number of events in requests of some thousands. Used by index.ts.

import type { Methods } from './generated/operations.ts'
import type { IngestResult, NewEvent } from './generated/types.ts'
import type { CallOptions } from './request.ts'

const perRequest = 5000

/** Sending the same again changes nothing, so a request whose answer was lost is sent once more. */
export async function* ingest(
  { events: methods }: Pick<Methods, 'events'>,
  events: Iterable<NewEvent> | AsyncIterable<NewEvent>,
  options?: CallOptions,
): AsyncGenerator<IngestResult, undefined> {
  let part: NewEvent[] = []
  let before = 0
  for await (const event of events) {
    part.push(event)
    if (part.length < perRequest) continue
    yield* await sendPart()
  }
  if (part.length > 0) yield* await sendPart()
  return undefined

  async function sendPart(): Promise<IngestResult[]> {
    const { results } = await methods.ingest(part, options)
    const shift = before
    before += part.length
    part = []
    return results.map((result) => ({ ...result, line: result.line + shift }))
  }
}
