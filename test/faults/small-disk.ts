// A disk that a test may fill: a small file system of its own where the machine lets us make one, and everywhere the
// limit the system puts on the size of files, which fails the same writes.

import { execFile } from 'node:child_process'
import { chmod, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../program.ts'

const command = promisify(execFile)

export interface SmallDisk extends AsyncDisposable {
  folder: string
  /** From now on the processes can write nothing more there. */
  fill(pids: readonly number[]): Promise<void>
  free(pids: readonly number[]): Promise<void>
}

/** With a limit on the size of files. */
export async function limitedFiles(): Promise<SmallDisk> {
  const { folder, [Symbol.asyncDispose]: dispose } = await temporaryFolder()
  const limit = async (pids: readonly number[], bytes: string): Promise<void> => {
    for (const pid of pids) await command('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
  }
  return {
    folder,
    fill: (pids) => limit(pids, '1'),
    free: (pids) => limit(pids, 'unlimited'),
    [Symbol.asyncDispose]: dispose,
  }
}

/** With a file system of so many megabytes; undefined where only others may mount one. */
export async function smallFileSystem(megabytes: number): Promise<SmallDisk | undefined> {
  const { folder, [Symbol.asyncDispose]: dispose } = await temporaryFolder()
  try {
    await command('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  } catch {
    await dispose()
    return undefined
  }
  await chmod(folder, 0o777)
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: async () => {
      const file = await open(filler, 'w')
      for (let size = 2 ** 20; size >= 4096;) {
        const isFull = await file.write(Buffer.alloc(size)).then(
          ({ bytesWritten }) => bytesWritten < size,
          () => true,
        )
        if (isFull) size /= 2
      }
      await file.close()
    },
    free: () => rm(filler),
    [Symbol.asyncDispose]: async () => {
      await command('umount', ['-l', folder])
      await dispose()
    },
  }
}
