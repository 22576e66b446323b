// Cuts CSV into records and keeps their lines and bytes, so that a bad one can be shown and costs no other. What is
// within a record is left to the parser. Used by read-csv.ts and by bulk activities.

export interface RawRecord {
  /** Of its first line, from 1. */
  line: number
  bytes: Buffer
  /** A quote that was opened in this line is never closed. */
  isUnclosed?: boolean
}

/** A record with line ends in its quotes goes on for so many lines and bytes at most; then its first line is bad. */
const maxLines = 200
const maxBytes = 256 * 1024

/** So many are given at a time, for the sake of others who wait. */
const maxRecords = 1000

/** The records of each chunk of the input, in order, some at a time; blank lines are none. */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer>,
  delimiterOf: (header: Buffer) => string,
): AsyncGenerator<RawRecord[]> {
  const lines = new LineQueue()
  let delimiter = 0
  for await (const chunk of chunks) {
    lines.push(chunk)
    const first = lines.first()
    if (delimiter === 0 && first) delimiter = delimiterOf(first).charCodeAt(0)
    yield* inBatches(take(lines, delimiter, false))
  }
  lines.end()
  const first = lines.first()
  if (delimiter === 0 && first) delimiter = delimiterOf(first).charCodeAt(0)
  yield* inBatches(take(lines, delimiter, true))
}

function* inBatches(records: Iterable<RawRecord>): Generator<RawRecord[]> {
  let batch: RawRecord[] = []
  for (const record of records) {
    batch.push(record)
    if (batch.length < maxRecords) continue
    yield batch
    batch = []
  }
  yield batch
}

function* take(lines: LineQueue, delimiter: number, isEnd: boolean): Generator<RawRecord> {
  for (;;) {
    const count = recordLength(lines, delimiter)
    if (count === 'needs more' && !isEnd) return
    if (count === 'none') return
    const isUnclosed = count === 'unclosed' || count === 'needs more'
    const { line, bytes } = lines.shift(isUnclosed ? 1 : count)
    if (!isBlank(bytes)) yield { line, bytes, ...(isUnclosed && { isUnclosed }) }
  }
}

// How many lines the next record has: a quote counts where a field starts, and until it is closed (RFC 4180 2.5 to 2.7).
function recordLength(lines: LineQueue, delimiter: number): number | 'none' | 'needs more' | 'unclosed' {
  let isQuoted = false
  let size = 0
  for (let count = 0; ; count++) {
    const line = lines.at(count)
    if (!line) return count === 0 ? 'none' : 'needs more'
    size += line.length
    isQuoted = endsInQuotes(line, delimiter, isQuoted)
    if (!isQuoted) return count + 1
    if (count + 1 >= maxLines || size > maxBytes) return 'unclosed'
  }
}

function isBlank(line: Buffer): boolean {
  return line.toString('latin1').trim() === ''
}

const quote = 0x22

function endsInQuotes(line: Buffer, delimiter: number, isQuotedBefore: boolean): boolean {
  // Most lines have no quote at all.
  if (!isQuotedBefore && !line.includes(quote)) return false
  let isQuoted = isQuotedBefore
  let isFieldStart = !isQuotedBefore
  for (let i = 0; i < line.length; i++) {
    const byte = line[i]!
    if (isQuoted) {
      if (byte !== quote) continue
      if (line[i + 1] === quote) i++
      else isQuoted = false
    } else if (byte === quote && isFieldStart) {
      isQuoted = true
    }
    isFieldStart = byte === delimiter || (isFieldStart && byte === 0x20)
  }
  return isQuoted
}

/** Lines as they come in, line ends included; the last one only when the input has ended. */
class LineQueue {
  #lines: Buffer[] = []
  /** Of the first line that is still here. Taking each out of the array would cost as much as there are behind it. */
  #next = 0
  #rest: Buffer[] = []
  #shifted = 0
  #isFirst = true

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#add(Buffer.concat([...this.#rest, chunk.subarray(start, end + 1)]))
      this.#rest = []
      start = end + 1
    }
    if (start < chunk.length) this.#rest.push(Buffer.from(chunk.subarray(start)))
  }

  end(): void {
    if (this.#rest.length > 0) this.#add(Buffer.concat(this.#rest))
    this.#rest = []
  }

  at(index: number): Buffer | undefined {
    return this.#lines[this.#next + index]
  }

  /** The first line that is still here and not blank. */
  first(): Buffer | undefined {
    for (let i = this.#next; i < this.#lines.length; i++) if (!isBlank(this.#lines[i]!)) return this.#lines[i]
    return undefined
  }

  shift(count: number): { line: number; bytes: Buffer } {
    const line = this.#shifted + 1
    this.#shifted += count
    const taken = this.#lines.slice(this.#next, this.#next + count)
    this.#next += count
    if (this.#next > this.#lines.length / 2) {
      this.#lines = this.#lines.slice(this.#next)
      this.#next = 0
    }
    return { line, bytes: taken.length === 1 ? taken[0]! : Buffer.concat(taken) }
  }

  #add(line: Buffer): void {
    const isMarked = this.#isFirst && line.subarray(0, 3).equals(Buffer.from('\uFEFF'))
    this.#isFirst = false
    this.#lines.push(isMarked ? line.subarray(3) : line)
  }
}
