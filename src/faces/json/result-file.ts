// Results of a long request, kept until the request has been read: clients that send all before they listen would wait for
// us while we wait for them. A file that nobody sees, beyond what fits into memory. Used by ingest.ts.

import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'

/** Fewer results never see the disk. In bytes. */
const maxInMemory = 256 * 1024

export class ResultFile implements AsyncDisposable {
  readonly #folder: string
  #held: string[] = []
  #heldBytes = 0
  #file: FileHandle | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  async write(text: string): Promise<void> {
    this.#held.push(text)
    this.#heldBytes += text.length
    if (this.#heldBytes > maxInMemory) await this.#flush()
  }

  /** All that was written, once; the file goes away with the last byte. */
  async read(): Promise<string | ReadableStream<Uint8Array>> {
    if (!this.#file) return this.#held.join('')
    await this.#flush()
    const file = this.#file
    this.#file = undefined
    return Readable.toWeb(file.createReadStream({ start: 0 })) as ReadableStream<Uint8Array>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async #flush(): Promise<void> {
    this.#file ??= await openHidden(this.#folder)
    await this.#file.appendFile(this.#held.join(''))
    this.#held = []
    this.#heldBytes = 0
  }
}

// Its name is gone before anything is in it, so that nothing is left after a crash.
async function openHidden(folder: string): Promise<FileHandle> {
  const path = join(folder, `results-${randomUUID()}.tmp`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  return file
}
