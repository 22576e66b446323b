// How a viewer wants to see pages: in which light, and in which time zone. Both are kept in cookies, so that pages are right
// from their first byte, with scripts or without.

type Theme = 'light' | 'dark'

export interface Look {
  /** Undefined: as the system says. */
  theme: Theme | undefined
  /** An IANA name; UTC until a script has told another. */
  zone: string
}

export const themeCookie = 'contrail_theme'
const zoneCookie = 'contrail_zone'

export function readLook(cookies: ReadonlyMap<string, string>): Look {
  const theme = cookies.get(themeCookie)
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
    zone: knownZone(cookies.get(zoneCookie)) ?? 'UTC',
  }
}

const zones = new Map<string, string | undefined>()
/** Names that viewers send are remembered up to so many: there are some 600. */
const maxZones = 2000

function knownZone(name: string | undefined): string | undefined {
  if (name === undefined || !/^[\w+/-]{1,60}$/.test(name)) return undefined
  if (!zones.has(name)) {
    if (zones.size >= maxZones) return undefined
    zones.set(name, canonicalZone(name))
  }
  return zones.get(name)
}

function canonicalZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
