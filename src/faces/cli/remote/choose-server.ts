// Which server a command talks to. The address and the key always come from the same place, so that no key ever goes to a
// server it is not for. Used by client.ts.

import { InvalidInputError, NotFoundError } from '../../../errors.ts'
import type { CliContext } from '../context.ts'
import { isOpenToOthers, profilesFile, readProfiles } from './profiles.ts'
import { isInTheClear, parseServerUrl } from './server-url.ts'

export interface ServerOptions {
  profile?: string
  server?: string
}

export interface Chosen {
  url: string
  key: string
  /** Of the profile; undefined when the environment gave the key. */
  profile: string | undefined
}

/** What flags say wins over the environment, and that over the profile in use. Throws InvalidInputError, NotFoundError. */
export async function chooseServer(context: CliContext, options: ServerOptions): Promise<Chosen> {
  const { client } = context
  if (options.profile !== undefined && options.server !== undefined)
    throw new InvalidInputError('--profile and --server are two servers: give one', 'profile')
  if (options.profile !== undefined) return ofProfile(context, options.profile)
  if (options.server !== undefined) return ofEnvironment(context, options.server)
  if (client.profile !== undefined && client.url !== undefined)
    throw new InvalidInputError(
      'CONTRAIL_PROFILE and CONTRAIL_URL are two servers: set one, or say --profile',
      'profile',
    )
  if (client.profile !== undefined) return ofProfile(context, client.profile)
  if (client.url !== undefined) return ofEnvironment(context, client.url)
  return ofProfile(context, undefined)
}

function ofEnvironment({ client, stderr }: CliContext, given: string): Chosen {
  const url = parseServerUrl(given)
  if (client.key === undefined)
    throw new InvalidInputError('the key for this server is read from CONTRAIL_API_KEY, which is not set', 'key')
  if (!/^[\x21-\x7e]+$/.test(client.key)) throw new InvalidInputError('CONTRAIL_API_KEY holds no key', 'key')
  if (isInTheClear(url)) stderr.write(`contrail: the key goes to ${url} unencrypted\n`)
  return { url, key: client.key, profile: undefined }
}

async function ofProfile({ client, stderr }: CliContext, named: string | undefined): Promise<Chosen> {
  const file = profilesFile(client)
  const { current, byName } = await readProfiles(file)
  const name = named ?? current
  if (name === undefined)
    throw new InvalidInputError(
      'no server is chosen: add one with "contrail profile add NAME --url https://…", or set CONTRAIL_URL and CONTRAIL_API_KEY',
      'profile',
    )
  const profile = byName.get(name)
  if (!profile) {
    const known = [...byName.keys()].join(', ')
    throw new NotFoundError(`there is no profile "${name}"${known && `; there is ${known}`}`)
  }
  if (await isOpenToOthers(file)) stderr.write(`contrail: others can read the keys in ${file}: chmod 600 it\n`)
  return { ...profile, profile: name }
}
