// What a form carries back, so that one made elsewhere, or for another address, is none of ours. Used by the pages that change
// something.

import { createHmac, timingSafeEqual } from 'node:crypto'

/** For the form called so at the address with this token. */
export function signForm(key: Uint8Array, form: string, token: string): string {
  // The words keep it apart from whatever else the key signs.
  return createHmac('sha256', key).update(`contrail ${form} form\0${token}`).digest('base64url')
}

export function isSame(shown: string, expected: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The same, and when it was shown. */
export function signShown(key: Uint8Array, form: string, token: string, at: number): string {
  return `${at.toString(36)}.${signForm(key, form, `${token}\0${at}`)}`
}

/** When the form was shown; undefined for what is not signed for this address. */
export function readShown(key: Uint8Array, form: string, token: string, shown: string): number | undefined {
  const at = Number.parseInt(shown.split('.', 1)[0]!, 36)
  return Number.isSafeInteger(at) && isSame(shown, signShown(key, form, token, at)) ? at : undefined
}
