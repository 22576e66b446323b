// What the environment says about remote servers. Read by main.ts, used by choose-server.ts and profiles.ts.

import { posix, win32 } from 'node:path'

export interface ClientEnvironment {
  /** Where this user's profiles are kept; undefined where the environment names no home. */
  configFolder: string | undefined
  /** CONTRAIL_PROFILE */
  profile: string | undefined
  /** CONTRAIL_URL */
  url: string | undefined
  /** CONTRAIL_API_KEY */
  key: string | undefined
  /** How often a request that found no answer is tried again; as the SDK has it when absent. */
  retries?: number
}

/** Variables that are no settings of a server. */
export const clientVariables: readonly string[] = ['CONTRAIL_PROFILE', 'CONTRAIL_URL', 'CONTRAIL_API_KEY']

export function readClientEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): ClientEnvironment {
  return {
    configFolder: configFolder(env, platform),
    profile: env['CONTRAIL_PROFILE'] || undefined,
    url: env['CONTRAIL_URL'] || undefined,
    key: env['CONTRAIL_API_KEY'] || undefined,
  }
}

// XDG Base Directory 0.8: a path that is not absolute is to be ignored.
function configFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | undefined {
  if (platform === 'win32') return env['APPDATA'] ? win32.join(env['APPDATA'], 'contrail') : undefined
  const { XDG_CONFIG_HOME: xdg, HOME: home } = env
  if (xdg && posix.isAbsolute(xdg)) return posix.join(xdg, 'contrail')
  return home ? posix.join(home, '.config', 'contrail') : undefined
}
