// The rejects file: one JSON object for each line that could not be taken. Written by import-file.ts.

import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { ImportEntry } from './read-lines.ts'

export class RejectsFile {
  readonly path: string
  #file: FileHandle | undefined
  #bytes: number

  private constructor(path: string, bytes: number) {
    this.path = path
    this.#bytes = bytes
  }

  /** Goes on behind the first `keepBytes` of what is there. The file itself appears with the first reject. */
  static async open(path: string, keepBytes: number): Promise<RejectsFile> {
    if (keepBytes === 0) await rm(path, { force: true })
    return new RejectsFile(path, keepBytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Appends the entries that have a problem, durably. */
  async write(source: string, entries: readonly ImportEntry[]): Promise<void> {
    const lines = entries
      .filter((entry) => entry.problem)
      .map(
        ({ line, text, problem }) =>
          JSON.stringify({ file: source, line, column: problem!.column, reason: problem!.message, text }) + '\n',
      )
    if (lines.length === 0) return
    if (!this.#file) {
      this.#file = await open(this.path, this.#bytes > 0 ? 'r+' : 'w')
      await this.#file.truncate(this.#bytes)
    }
    const bytes = Buffer.from(lines.join(''))
    await this.#file.write(bytes, 0, bytes.length, this.#bytes)
    await this.#file.sync()
    this.#bytes += bytes.length
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }
}
