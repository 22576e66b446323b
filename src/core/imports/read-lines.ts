// NDJSON as the import reads it: lines with their numbers, a chunk's worth at a time. Used by import-file.ts.

import { isUtf8 } from 'node:buffer'
import { LineError, parseLine } from './line.ts'
import type { ImportItem, ItemType } from './line.ts'

/** One line or record of the input. `end` is the offset behind it in the decompressed input. */
export interface ImportEntry {
  line: number
  end: number
  /** As it stood there; for the rejects file. */
  text: string
  item?: ImportItem
  /** Set when it is stored: the event, or the contact. */
  stored?: { contactId: number; eventId: number }
  problem?: LineError | undefined
}

/** Longer lines are refused, and not kept in memory. */
const maxLineBytes = 4 * 2 ** 20

const newline = 10

/**
 * Yields the entries of each chunk; blank lines are skipped. `from` is where in the input the first chunk starts. With
 * `type` every line is one of it.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  from: { offset: number; line: number },
  type?: ItemType,
): AsyncGenerator<ImportEntry[]> {
  let { offset, line } = from
  let rest: Buffer[] = []
  let restBytes = 0
  const take = (bytes: Buffer): ImportEntry => {
    line++
    return restBytes > maxLineBytes ? tooLong(line, offset, bytes) : toEntry(line, offset, bytes, type)
  }
  for await (const chunk of chunks) {
    const entries: ImportEntry[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      restBytes += end - start
      offset += end + 1 - start
      const tail = chunk.subarray(start, end)
      const entry = take(rest.length > 0 ? Buffer.concat([...rest, tail]) : tail)
      if (entry.text.trim() !== '' || entry.problem) entries.push(entry)
      rest = []
      restBytes = 0
      start = end + 1
    }
    if (start < chunk.length) {
      // Of a line that is too long already only the first part is kept, to show in the rejects.
      if (restBytes <= maxLineBytes) rest.push(Buffer.from(chunk.subarray(start)))
      restBytes += chunk.length - start
      offset += chunk.length - start
    }
    yield entries
  }
  const last = take(Buffer.concat(rest))
  if (last.text.trim() !== '' || last.problem) yield [last]
}

function tooLong(line: number, end: number, bytes: Buffer): ImportEntry {
  return {
    line,
    end,
    text: bytes.toString('utf8', 0, 200),
    problem: new LineError(`longer than ${maxLineBytes} bytes`, maxLineBytes),
  }
}

function toEntry(line: number, end: number, bytes: Buffer, type: ItemType | undefined): ImportEntry {
  let text = bytes.toString('utf8')
  if (line === 1 && text.startsWith('\uFEFF')) text = text.slice(1)
  if (text.endsWith('\r')) text = text.slice(0, -1)
  if (text.trim() === '') return { line, end, text }
  if (!isUtf8(bytes)) return { line, end, text, problem: new LineError('not UTF-8', text.indexOf('\uFFFD') + 1) }
  try {
    return { line, end, text, item: parseLine(text, type) }
  } catch (error) {
    if (error instanceof LineError) return { line, end, text, problem: error }
    throw error
  }
}
