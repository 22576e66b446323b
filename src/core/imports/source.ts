// Where an import reads from: a file or standard input, gzip or not, always in chunks. Used by import-file.ts.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { InvalidInputError } from '../../errors.ts'

export interface ImportSource {
  /** As given by the user; "-" for standard input. */
  name: string
  /** Decompressed bytes. */
  chunks: AsyncIterable<Buffer>
  /** Bytes of the file itself; undefined where that is not known before. */
  size: number | undefined
  /** How many of those were read so far. */
  bytesRead(): number
  format: 'csv' | 'ndjson'
}

const sampleBytes = 64 * 1024

/**
 * What a file and the way it is read are, for resuming: its size, time and first and last 64 KB, and `options`.
 * Undefined for what can't be read twice.
 */
export async function fingerprint(name: string, options: unknown): Promise<string | undefined> {
  if (name === '-') return undefined
  const file = await openFile(name)
  try {
    const { size, mtimeMs, isRegular } = await describe(name, file)
    if (!isRegular) return undefined
    const hash = createHash('sha256').update(JSON.stringify([size, mtimeMs, options]))
    for (const position of [0, Math.max(0, size - sampleBytes)]) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, position)
      hash.update(buffer.subarray(0, bytesRead))
    }
    return hash.digest('hex').slice(0, 32)
  } finally {
    await file.close()
  }
}

async function describe(
  name: string,
  file: FileHandle,
): Promise<{ size: number; mtimeMs: number; isRegular: boolean }> {
  const stat = await file.stat()
  if (stat.isDirectory()) throw new InvalidInputError(`${name} is a folder`, 'file')
  return { size: stat.size, mtimeMs: stat.mtimeMs, isRegular: stat.isFile() }
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
    format: format ?? (/^(\uFEFF)?\s*\{/.test(head.toString('utf8')) || head.length === 0 ? 'ndjson' : 'csv'),
  }
}

async function fileSize(name: string): Promise<number | undefined> {
  const file = await openFile(name)
  try {
    const { size, isRegular } = await describe(name, file)
    return isRegular ? size : undefined
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

/** The first bytes, enough of them to tell what follows, and everything with those still in front. */
async function peek(stream: AsyncIterable<Buffer>): Promise<[Buffer, AsyncIterable<Buffer>]> {
  const iterator = stream[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < 2 || head.toString('latin1').trim() === '') {
    const next = await iterator.next()
    if (next.done || head.length > 2 ** 20) break
    head = Buffer.concat([head, next.value])
  }
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
