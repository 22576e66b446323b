// The items of a file or of standard input, a line of JSON each, some thousands at a time. Used by ingest-command.ts.

import type { Readable } from 'node:stream'
import { readLines } from '../../../core/imports/read-lines.ts'
import type { ImportEntry } from '../../../core/imports/read-lines.ts'
import { openSource } from '../../../core/imports/source.ts'
import { InvalidInputError } from '../../../errors.ts'

/** What goes in one request: the server takes 10,000 items and 8 MB. */
const perRequest = 5000
const bytesPerRequest = 4 * 2 ** 20

export interface Item {
  line: number
  /** What is sent; the server says whether it is right. */
  value?: unknown
  /** Why it can't be sent. */
  problem?: string
}

/** Gzip is unpacked. Throws InvalidInputError for what can't be read. */
export async function* readItems(file: string, stdin: Readable): AsyncGenerator<Item[], undefined> {
  const { chunks } = await openSource(file, stdin, 'ndjson')
  let part: Item[] = []
  let bytes = 0
  for await (const entries of readLines(chunks, { offset: 0, line: 0 })) {
    for (const entry of entries) {
      if (entry.line === 1 && /^\s*\[/.test(entry.text))
        throw new InvalidInputError(`${file} is a JSON array, and lines are needed: jq -c '.[]' makes them`, 'file')
      const size = Buffer.byteLength(entry.text)
      if (part.length === perRequest || (part.length > 0 && bytes + size > bytesPerRequest)) {
        yield part
        part = []
        bytes = 0
      }
      part.push(toItem(entry))
      bytes += size
    }
  }
  if (part.length > 0) yield part
  return undefined
}

// Only what makes no JSON is found wrong here: another server may know more fields than this program.
function toItem({ line, text, problem }: ImportEntry): Item {
  try {
    return { line, value: JSON.parse(text) }
  } catch {
    return { line, problem: problem?.message ?? 'not JSON' }
  }
}
