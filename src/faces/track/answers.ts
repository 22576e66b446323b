// The few answers of the tracking face (RFC 9110; the reader's program must keep none of them).

import { messagePage, secretHeaders } from './page.ts'
import { wordsOf } from './words/words.ts'
import type { Language } from './words/words.ts'

/** An answer before it has become one, for sockets and for fetch alike. */
export interface TrackAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer | string
}

// A complete GIF of one transparent pixel: 43 bytes.
const pixel = Buffer.from(
  '47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b',
  'hex',
)

/** 302, never one that is kept: later clicks would be lost. */
export function redirectAnswer(location: string): TrackAnswer {
  return { status: 302, headers: { ...secretHeaders, location, 'content-length': '0' }, body: '' }
}

/** Always the same, whatever the token: it tells nobody which tokens are good. */
export function pixelAnswer(): TrackAnswer {
  return {
    status: 200,
    headers: {
      ...secretHeaders,
      'cache-control': 'no-store, no-cache, must-revalidate, private, max-age=0',
      expires: '0',
      'content-type': 'image/gif',
      'content-length': String(pixel.length),
      'cross-origin-resource-policy': 'cross-origin',
    },
    body: pixel,
  }
}

/** The same small page for what is malformed, forged or gone. */
export function unknownAnswer(language: Language): Promise<TrackAnswer> {
  const { unknownTitle, unknownText } = wordsOf(language)
  return messagePage(language, unknownTitle, unknownText, 404)
}

export async function methodAnswer(language: Language, allow: string): Promise<TrackAnswer> {
  const { methodTitle, methodText } = wordsOf(language)
  return withHeaders(await messagePage(language, methodTitle, methodText, 405), { allow })
}

/** What is allowed, and nothing else (RFC 9110 9.3.7). */
export function optionsAnswer(allow: string): TrackAnswer {
  return { status: 204, headers: { ...secretHeaders, allow }, body: '' }
}

/** For what the store has to take part in while it is away: nothing was changed. */
export async function awayAnswer(language: Language): Promise<TrackAnswer> {
  const { awayTitle, awayText } = wordsOf(language)
  return withHeaders(await messagePage(language, awayTitle, awayText, 503), { 'retry-after': '120' })
}

/** For whoever asks too often (RFC 6585 4): `wait` in seconds. */
export async function tooManyAnswer(language: Language, wait: number): Promise<TrackAnswer> {
  const { tooManyTitle, tooManyText } = wordsOf(language)
  return withHeaders(await messagePage(language, tooManyTitle, tooManyText, 429), { 'retry-after': String(wait) })
}

/** To a page to be got, after a form was posted (RFC 9110 15.4.4). */
export function seeOtherAnswer(location: string): TrackAnswer {
  return { status: 303, headers: { ...secretHeaders, location, 'content-length': '0' }, body: '' }
}

/** For programs that ask by one click: a sentence and no page. */
export function textAnswer(language: Language, text: string, status = 200): TrackAnswer {
  const body = `${text}\n`
  return {
    status,
    headers: {
      ...secretHeaders,
      'content-type': 'text/plain; charset=UTF-8',
      'content-length': String(Buffer.byteLength(body)),
      'content-language': language,
      vary: 'Accept-Language',
    },
    body,
  }
}

function withHeaders(answer: TrackAnswer, headers: Record<string, string>): TrackAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers } }
}
