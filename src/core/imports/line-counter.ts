// Which line of an input a byte offset is in, for messages. Used by read-csv.ts.

/** Tells which line of the input a byte offset is in; the parser's own count goes wrong at CRLF within quotes. */
export class LineCounter {
  readonly #chunks: Buffer[] = []
  /** Offset of the first chunk still held, and the line ends before it. */
  #start = 0
  #lines = 0

  async *watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#chunks.push(chunk)
      yield chunk
    }
  }

  /** The line whose last byte stands before the offset `end`, from 1. Offsets must not fall. */
  lineEndingAt(end: number): number {
    let last = 10
    while (this.#start < end && this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!
      const part = chunk.subarray(0, end - this.#start)
      for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) this.#lines++
      last = part.at(-1) ?? last
      this.#start += part.length
      if (part.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(part.length)
    }
    return last === 10 ? this.#lines : this.#lines + 1
  }
}
