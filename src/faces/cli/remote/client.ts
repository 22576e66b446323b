// Our own SDK as the way to a remote server. The only part of the command line, with remote-error.ts, that knows it by
// more than its types.

import { Option } from 'commander'
import type { Command } from 'commander'
import { createContrail } from '../../../../sdk/src/index.ts'
import type { Contrail } from '../../../../sdk/src/index.ts'
import type { CliContext } from '../context.ts'
import { chooseServer } from './choose-server.ts'
import type { ServerOptions } from './choose-server.ts'
import { toRemoteError } from './remote-error.ts'

/** Adds --profile and --server. */
export function withServerOptions(command: Command): Command {
  return command
    .option('--profile <profile>', 'the server of this profile (CONTRAIL_PROFILE)')
    .option('--server <url>', 'this server, with the key in CONTRAIL_API_KEY (CONTRAIL_URL)')
}

/** For commands that work on this machine's store unless told otherwise; what the environment says is not for them. */
export function elsewhereOption(): Option {
  return new Option('--profile <profile>', 'ask the server of this profile instead of the store of this machine')
}

/** Throws RemoteError for what the server refuses, and when it can't be reached. */
export async function withServer<T>(
  context: CliContext,
  options: ServerOptions,
  work: (client: Contrail) => Promise<T>,
): Promise<T> {
  const { url, key } = await chooseServer(context, options)
  return await asking({ url, key, ...retriesOf(context) }, work)
}

/** The same for a server that is no profile yet; asks once. */
export function withUrl<T>(url: string, key: string, work: (client: Contrail) => Promise<T>): Promise<T> {
  return asking({ url, key, retries: 0 }, work)
}

function retriesOf({ client: { retries } }: CliContext): { retries?: number } {
  return retries === undefined ? {} : { retries }
}

async function asking<T>(
  settings: { url: string; key: string; retries?: number },
  work: (client: Contrail) => Promise<T>,
): Promise<T> {
  try {
    return await work(createContrail(settings))
  } catch (error) {
    throw toRemoteError(error, settings.url)
  }
}
