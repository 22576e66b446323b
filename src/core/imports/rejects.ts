// The rejects file: one JSON object for each line that could not be taken. Written by import-file.ts.

import { open, realpath, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { InvalidInputError } from '../../errors.ts'
import type { ImportEntry } from './read-lines.ts'

/** Of a rejected line no more than this is shown. */
const maxText = 16_384

export class RejectsFile {
  readonly path: string
  #file: FileHandle | undefined
  #bytes: number

  private constructor(path: string, bytes: number) {
    this.path = path
    this.#bytes = bytes
  }

  /**
   * Goes on behind the first `keepBytes` of what is there. Nothing is touched before there is something to write.
   * Throws InvalidInputError when the path is that of the input.
   */
  static async open(path: string, input: string, keepBytes: number): Promise<RejectsFile> {
    const real = await realpath(path).catch(() => undefined)
    if (real !== undefined && real === (await realpath(input).catch(() => undefined))) {
      throw new InvalidInputError('the rejects can not be written over the input', 'rejects')
    }
    // An older file may have been cut or removed since.
    const size = real === undefined ? 0 : (await stat(path)).size
    return new RejectsFile(path, Math.min(keepBytes, size))
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Appends the entries that have a problem, durably. */
  async write(source: string, entries: readonly ImportEntry[]): Promise<void> {
    const bad = entries.filter((entry) => entry.problem)
    if (bad.length === 0) return
    const file = (this.#file ??= await this.#openFile())
    for (let i = 0; i < bad.length; i += 500) {
      const lines = bad.slice(i, i + 500).map((entry) => renderReject(source, entry))
      const bytes = Buffer.from(lines.join(''))
      await file.write(bytes, 0, bytes.length, this.#bytes)
      this.#bytes += bytes.length
    }
    // What is no regular file, such as a pipe or /dev/null, can't be synced.
    if ((await file.stat()).isFile()) await file.sync()
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  async #openFile(): Promise<FileHandle> {
    const file = await open(this.path, this.#bytes > 0 ? 'r+' : 'w')
    if ((await file.stat()).isFile()) await file.truncate(this.#bytes)
    return file
  }
}

function renderReject(file: string, { line, text, problem }: ImportEntry): string {
  const { column, message: reason } = problem!
  return JSON.stringify({ file, line, column, reason, text: text.slice(0, maxText) }) + '\n'
}
