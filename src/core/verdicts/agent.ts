// What a User-Agent header claims, as far as the rules ask. Called once for each hit.

import { isbot } from 'isbot'
import { mailProgramWords, officeWords, scannerWords, staleAgents } from './agent-words.ts'

type Platform = 'windows' | 'mac' | 'ios' | 'android' | 'linux' | 'other'

export interface Agent {
  text: string
  isNamedScanner: boolean
  isOffice: boolean
  isRobot: boolean
  isStale: boolean
  isGmailProxy: boolean
  isYahooProxy: boolean
  /** `Mozilla/5.0` and nothing else: Apple's Mail Privacy Protection. */
  isBare: boolean
  /** Claims the engine of some browser or web view. */
  hasEngine: boolean
  isPhone: boolean
  /** Changes addresses on the way: telephones, and Safari behind Apple's relay. */
  isRoaming: boolean
  /** The major version of a Chromium browser on a desktop system. */
  desktopChromium: number | undefined
  /** Real ones of this kind and version send Sec-Fetch-Mode with every request over TLS. */
  sendsSecFetch: boolean
}

// Longer ones are nobody's; patterns need not see all of them.
const maxAgent = 1024

export function parseAgent(header: string | undefined): Agent {
  const text = (header ?? '').trim().slice(0, maxAgent)
  const lower = text.toLowerCase()
  const hasAny = (words: readonly string[]): boolean => words.some((word) => lower.includes(word))
  const isBare = text === 'Mozilla/5.0'
  const platform = parsePlatform(text)
  const isPhone = platform === 'ios' || platform === 'android'
  const chromium = versionAfter(text, /\bChrome\/(\d{1,4})/)
  return {
    text,
    isNamedScanner: hasAny(scannerWords),
    isOffice: hasAny(officeWords),
    isRobot: !isBare && isbot(text) && !hasAny(mailProgramWords),
    isStale: staleAgents.includes(text),
    isGmailProxy: lower.includes('googleimageproxy'),
    isYahooProxy: lower.includes('yahoomailproxy'),
    isBare,
    hasEngine: /AppleWebKit|Gecko\/|Trident|MSIE|Presto|Goanna|Servo/.test(text),
    isPhone,
    isRoaming: isPhone || (platform === 'mac' && chromium === undefined),
    desktopChromium: platform === 'windows' || platform === 'mac' || platform === 'linux' ? chromium : undefined,
    sendsSecFetch: sendsSecFetch(text, chromium),
  }
}

function parsePlatform(text: string): Platform {
  if (/iPhone|iPad|iPod/.test(text)) return 'ios'
  if (text.includes('Android')) return 'android'
  if (text.includes('Windows')) return 'windows'
  if (/Macintosh|Mac OS X/.test(text)) return 'mac'
  return /Linux|X11|CrOS/.test(text) ? 'linux' : 'other'
}

// Fetch Metadata: Chromium 80, Firefox 90, Safari 16.4. Web views inside apps are left out: apps change their headers.
function sendsSecFetch(text: string, chromium: number | undefined): boolean {
  if (/; wv\)|FBAN|FBAV|Instagram|Line\//.test(text)) return false
  if (chromium !== undefined) return chromium >= 80
  const firefox = versionAfter(text, /\bFirefox\/(\d{1,4})/)
  if (firefox !== undefined) return firefox >= 90
  const safari = /Safari\//.test(text) ? versionAfter(text, /\bVersion\/(\d{1,4})/) : undefined
  return safari !== undefined && safari >= 17
}

function versionAfter(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

// Chromium 94 came out on 2021-09-21; from there to 143 a version took 31 days on average.
const chromiumEpoch = { version: 94, at: Date.UTC(2021, 8, 21), each: 31.2 * 86_400_000 }

/** How many versions a Chromium is behind the one of its day; less than the truth should they come faster than they did. */
export function versionsBehind(version: number, at: number): number {
  return chromiumEpoch.version + Math.floor((at - chromiumEpoch.at) / chromiumEpoch.each) - version
}
