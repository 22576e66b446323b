// `contrail api events ingest FILE` and `contrail api contacts ingest FILE`: any number of items, and what became of each.
// Used by api.ts.

import type { BulkContact, IngestResult, NewEvent } from '../../../../sdk/src/index.ts'
import { print } from '../context.ts'
import type { CliContext } from '../context.ts'
import { formatCount, printable, renderJson } from '../format.ts'
import { ProgressLine } from '../progress-line.ts'
import { withServer } from './client.ts'
import type { ServerOptions } from './choose-server.ts'
import type { ApiCommand } from './operations.ts'
import { readItems } from './read-items.ts'
import type { Item } from './read-items.ts'

type Counts = Record<IngestResult['outcome'], number>

/** As many rejected items are told of one by one. */
const told = 20

export async function ingestFile(
  context: CliContext,
  { place }: ApiCommand,
  file: string,
  options: ServerOptions & { json?: boolean },
): Promise<void> {
  const counts: Counts = { new: 0, updated: 0, same: 0, rejected: 0 }
  const progress = new ProgressLine(context.stderr, file, 'lines', options.json === true)
  await withServer(context, options, async (client) => {
    const send = async (values: unknown[]): Promise<IngestResult[]> =>
      place.group === 'contacts'
        ? (await client.contacts.ingest(values as BulkContact[])).results
        : (await client.events.ingest(values as NewEvent[])).results
    for await (const part of readItems(file, context.stdin)) {
      const results = await ingestPart(part, send)
      for (const result of results) {
        counts[result.outcome]++
        if (options.json) await print(context, renderJson(result))
        else if (result.outcome === 'rejected' && counts.rejected <= told)
          progress.say(`line ${result.line}: ${printable(result.reason ?? 'rejected')}`)
      }
      progress.show({ count: part.at(-1)!.line, done: 0, size: undefined })
    }
  }).finally(() => progress.end())
  const lines = counts.new + counts.updated + counts.same + counts.rejected
  if (counts.rejected > 0) context.exitCode = 1
  if (options.json) return print(context, renderJson({ end: { lines, ...counts } }))
  const words = Object.entries(counts).map(([outcome, count]) => `${formatCount(count)} ${outcome}`)
  await print(context, `${formatCount(lines)} lines: ${words.join(', ')}`)
}

/** The results by the lines of the file. */
async function ingestPart(
  part: readonly Item[],
  send: (values: unknown[]) => Promise<IngestResult[]>,
): Promise<IngestResult[]> {
  const sent = part.filter(({ problem }) => problem === undefined)
  const results = sent.length === 0 ? [] : await send(sent.map(({ value }) => value))
  const mine = results.map((result) => ({ ...result, line: sent[result.line - 1]!.line }))
  const unsent = part.flatMap(({ line, problem }): IngestResult[] => problem === undefined ? [] : [{ line, outcome: 'rejected', reason: problem }]) // oxfmt-ignore
  return [...mine, ...unsent].toSorted((a, b) => a.line - b.line)
}
