// Where an import reads from: a file or standard input, gzip or not, always in chunks. Used by import-file.ts.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InvalidInputError } from '../../errors.ts'

export interface ImportSource {
  /** As given by the user; "-" for standard input. */
  name: string
  /** Decompressed bytes. */
  chunks: AsyncIterable<Buffer>
  /** Bytes of the file itself; undefined for standard input. */
  size: number | undefined
  /** How many of those were read so far. */
  bytesRead(): number
  format: 'csv' | 'ndjson'
}

const sampleBytes = 64 * 1024

/** What a file is, for resuming: its size and its first and last 64 KB. Undefined for standard input. */
export async function fingerprint(name: string): Promise<string | undefined> {
  if (name === '-') return undefined
  const file = await openFile(name)
  try {
    const { size } = await file.stat()
    const hash = createHash('sha256').update(`${size}\0`)
    for (const position of [0, Math.max(0, size - sampleBytes)]) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, position)
      hash.update(buffer.subarray(0, bytesRead))
    }
    return hash.digest('hex').slice(0, 32)
  } finally {
    await file.close()
  }
}

/** Throws InvalidInputError when there is no such file. The format is told by the first character unless given. */
export async function openSource(name: string, stdin: Readable, format?: 'csv' | 'ndjson'): Promise<ImportSource> {
  const size = name === '-' ? undefined : await fileSize(name)
  const [start, raw] = await peek(name === '-' ? stdin : createReadStream(name, { highWaterMark: 256 * 1024 }))
  const isGzip = start[0] === 0x1f && start[1] === 0x8b
  let read = 0
  const counted = count(raw, (bytes) => (read += bytes))
  const plain = isGzip ? gunzip(name, counted) : counted
  const [head, chunks] = await peek(plain)
  return {
    name,
    chunks,
    size,
    bytesRead: () => read,
    format: format ?? (/^(\uFEFF)?\s*\{/.test(head.toString('utf8', 0, 100)) || head.length === 0 ? 'ndjson' : 'csv'),
  }
}

async function fileSize(name: string): Promise<number> {
  const file = await openFile(name)
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw new InvalidInputError(`${name} is a folder`, 'file')
    return stat.size
  } finally {
    await file.close()
  }
}

async function openFile(name: string): ReturnType<typeof open> {
  try {
    return await open(name)
  } catch (error) {
    throw new InvalidInputError(`can't read ${name}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, 'file')
  }
}

async function* gunzip(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(chunks)
  const unzip = createGunzip({ chunkSize: 256 * 1024 })
  source.on('error', (error) => unzip.destroy(error))
  try {
    yield* source.pipe(unzip) as AsyncIterable<Buffer>
  } catch (error) {
    throw new InvalidInputError(
      `${name}: the compressed data is damaged or cut off (${(error as Error).message})`,
      'file',
    )
  }
}

/** The first chunk, and everything with that chunk still in front. */
async function peek(stream: AsyncIterable<Buffer>): Promise<[Buffer, AsyncIterable<Buffer>]> {
  const iterator = stream[Symbol.asyncIterator]()
  const first = await iterator.next()
  const head = first.done ? Buffer.alloc(0) : first.value
  async function* whole(): AsyncGenerator<Buffer> {
    yield head
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return [head, whole()]
}

async function* count(chunks: AsyncIterable<Buffer>, add: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    add(chunk.length)
    yield chunk
  }
}
