// The profiles of this user, one file that nobody else may read: which servers there are, and the key for each. Used by
// profile.ts and choose-server.ts.

import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { ConfigError, InvalidInputError } from '../../../errors.ts'
import type { ClientEnvironment } from './environment.ts'
import { parseServerUrl } from './server-url.ts'

interface Profile {
  url: string
  key: string
}

export interface Profiles {
  /** The one taken when none is named. */
  current: string | undefined
  byName: Map<string, Profile>
}

const names = /^[a-z0-9][a-z0-9._-]{0,63}$/i

const stored = z.object({
  current: z.string().optional(),
  profiles: z.record(
    z.string().regex(names),
    z.object({ url: z.string().refine(isServerUrl), key: z.string().regex(/^[\x21-\x7e]+$/) }),
  ),
})

/** Throws InvalidInputError. */
export function parseProfileName(text: string): string {
  if (names.test(text)) return text
  throw new InvalidInputError('a profile has a name of letters, digits, ".", "_" and "-", at most 64', 'name')
}

/** Throws ConfigError where there is nowhere to keep them. */
export function profilesFile({ configFolder }: ClientEnvironment): string {
  if (configFolder === undefined)
    throw new ConfigError('there is nowhere to keep profiles: HOME and XDG_CONFIG_HOME are not set')
  return join(configFolder, 'profiles.json')
}

/** None where there is no file. Throws ConfigError when it can't be read or is not what was written. */
export async function readProfiles(file: string): Promise<Profiles> {
  const text = await readText(file)
  if (text === undefined) return { current: undefined, byName: new Map() }
  const parsed = stored.safeParse(parseJson(text))
  // What is wrong is not quoted: it may be a key.
  if (!parsed.success) throw new ConfigError(`${file} is not as "contrail profile" writes it: mend it or remove it`)
  return { current: parsed.data.current, byName: new Map(Object.entries(parsed.data.profiles)) }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError(`${file} can't be read (${code})`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isServerUrl(text: string): boolean {
  try {
    return parseServerUrl(text) === text
  } catch {
    return false
  }
}

/** As a whole or not at all, for the owner alone. Throws ConfigError. */
export async function writeProfiles(given: string, { current, byName }: Profiles): Promise<void> {
  const text = `${JSON.stringify({ ...(current !== undefined && { current }), profiles: Object.fromEntries(byName) }, null, 2)}\n`
  try {
    await mkdir(dirname(given), { recursive: true, mode: 0o700 })
    await chmod(dirname(given), 0o700)
    // Somebody keeps it elsewhere, with a link to it.
    const file = await realpath(given).catch(() => given)
    const fresh = `${file}.${randomUUID()}`
    try {
      await writeDurably(fresh, text)
      await rename(fresh, file)
    } finally {
      await rm(fresh, { force: true })
    }
  } catch (error) {
    throw new ConfigError(`${given} can't be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Whether others on this machine may read the keys; never so on Windows, which has no such bits. */
export async function isOpenToOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const found = await stat(file).catch(() => undefined)
  return found !== undefined && (found.mode & 0o077) !== 0
}
