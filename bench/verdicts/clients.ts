// Browsers, mail programs and networks of the simulated people and machines. Knows nothing of the rules.

import type { HitHeaders } from '../../src/core/verdicts/hit.ts'
import type { Dice } from './dice.ts'

export interface Client {
  userAgent: string
  headers: HitHeaders
  /** A fresh look each time: telephones and relays change it. */
  ip: () => string
}

/** Chromium of the simulated day (November 2026), a few weeks around it. */
const newestChromium = 157

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const languages = ['en-US,en;q=0.9', 'en-GB,en;q=0.8', 'de-DE,de;q=0.9,en;q=0.5', 'fr-FR,fr;q=0.9', 'es-ES,es;q=0.9']

export const anyIp = (dice: Dice): string =>
  `${dice.whole(11, 223)}.${dice.whole(0, 255)}.${dice.whole(0, 255)}.${dice.whole(1, 254)}`

/** So many addresses, each in a network of its own. */
export function pool(dice: Dice, size: number): string[] {
  return Array.from({ length: size }, () => anyIp(dice))
}

function hint(major: number): string {
  return `"Chromium";v="${major}", "Google Chrome";v="${major}", "Not_A Brand";v="24"`
}

export function chromeAgent(system: string, major: number, tail = ''): string {
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36${tail}`
}

const windows = 'Windows NT 10.0; Win64; x64'
const mac = 'Macintosh; Intel Mac OS X 10_15_7'

type Look = Omit<Client, 'ip'>

export function desktopBrowser(dice: Dice): Look {
  const language = dice.pick(languages)
  const common = { accept: html, 'accept-language': language, 'sec-fetch-mode': 'navigate' }
  // Some stay behind for years, on systems that get no newer one.
  const major = dice.often(0.02) ? 109 : newestChromium - dice.whole(0, 5)
  const chromium = { ...common, 'sec-ch-ua': hint(major) }
  return dice.weigh<Look>([
    [45, { userAgent: chromeAgent(windows, major), headers: chromium }],
    [20, { userAgent: chromeAgent(windows, major, ` Edg/${major}.0.0.0`), headers: chromium }],
    [12, { userAgent: chromeAgent(mac, major), headers: chromium }],
    [
      10,
      {
        userAgent: `Mozilla/5.0 (${mac}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${dice.pick(['18.6', '26.1', '16.1'])} Safari/605.1.15`,
        headers: common,
      },
    ],
    [
      8,
      {
        userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/${dice.pick([140, 152, 153])}.0`,
        headers: common,
      },
    ],
  ])
}

export function officeBrowser(dice: Dice): Look {
  const major = newestChromium - 2
  const headers = { accept: html, 'accept-language': dice.pick(languages), 'sec-fetch-mode': 'navigate' }
  return {
    userAgent: chromeAgent(windows, major, ` Edg/${major}.0.0.0`),
    headers: { ...headers, 'sec-ch-ua': hint(major) },
  }
}

export function phoneBrowser(dice: Dice): Look {
  const headers = { accept: html, 'accept-language': dice.pick(languages), 'sec-fetch-mode': 'navigate' }
  const major = newestChromium - dice.whole(0, 8)
  const ios = dice.pick(['18_7', '26_1', '17_6_1', '15_8'])
  return dice.weigh<Look>([
    [
      50,
      {
        userAgent: `Mozilla/5.0 (iPhone; CPU iPhone OS ${ios} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${ios === '15_8' ? '15.6' : '26.1'} Mobile/15E148 Safari/604.1`,
        headers: ios === '15_8' ? { accept: html, 'accept-language': headers['accept-language'] } : headers,
      },
    ],
    [
      40,
      {
        userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Mobile Safari/537.36`,
        headers: { ...headers, 'sec-ch-ua': hint(major) },
      },
    ],
  ])
}

/** The web view of an app, which may hand over to the phone's browser. */
export function webView(dice: Dice): Look {
  return {
    userAgent: dice.pick([
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
      'Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/155.0.0.0 Mobile Safari/537.36',
    ]),
    headers: { accept: html, 'accept-language': dice.pick(languages) },
  }
}

/** What privacy browsers and some companies' proxies leave of the headers. */
export function strip(look: Look, what: 'language' | 'hints'): Look {
  const { accept, 'accept-language': language, 'sec-fetch-mode': mode } = look.headers
  return what === 'language'
    ? { ...look, headers: { accept, 'sec-fetch-mode': mode } }
    : { ...look, headers: { accept, 'accept-language': language } }
}

/** A scanner that calls itself a browser: a real one driven by a program, or a program that only says so. */
export function scannerBrowser(dice: Dice, realShare: number, staleShare: number): Look {
  const major = dice.often(staleShare) ? newestChromium - dice.whole(14, 75) : newestChromium - dice.whole(0, 6)
  const userAgent = chromeAgent(dice.weigh([[8, windows] as const, [2, mac] as const]), major)
  if (!dice.often(realShare)) {
    const accept = dice.pick(['*/*', html, html])
    return { userAgent, headers: dice.often(0.3) ? { accept, 'accept-language': 'en-US,en;q=0.9' } : { accept } }
  }
  const headers = { accept: html, 'sec-fetch-mode': 'navigate', 'sec-ch-ua': hint(major) }
  return { userAgent, headers: dice.often(0.75) ? { ...headers, 'accept-language': 'en-US,en;q=0.9' } : headers }
}

export const imageHeaders = { accept: 'image/avif,image/webp,*/*;q=0.8', 'accept-language': 'en-US' }
export const gmailProxy = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
export const yahooProxy = 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'
export const outlookAgent =
  'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0.17328; ms-office; MSOffice 16)'

export const previewAgents = [
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'WhatsApp/2.24.20 A',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  'TelegramBot (like TwitterBot)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 SkypeUriPreview Preview/0.5',
]
