// A User-Agent in a word or two: the family, never more. Used where sessions and hits are shown.

const families: readonly [pattern: RegExp, name: string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/\bOutlook\b|\bMSOffice\b/i, 'Outlook'],
  [/\bThunderbird\//, 'Thunderbird'],
  [/GoogleImageProxy/, 'Gmail'],
  [/YahooMailProxy/, 'Yahoo Mail'],
  [/\bcurl\//, 'curl'],
]

const systems: readonly [pattern: RegExp, name: string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

/** `Chrome on Windows`; undefined for nothing, the beginning of anything else. */
export function agentName(agent: string): string | undefined {
  if (agent === '') return undefined
  const family = families.find(([pattern]) => pattern.test(agent))?.[1]
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1]
  if (family === undefined) return agent.slice(0, 40)
  return system === undefined ? family : `${family} on ${system}`
}
