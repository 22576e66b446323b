// What every form carries to show that it is of a page of ours: bound to the session, or to the visit before there is one.
// It looks different each time, so that compressed pages don't give it away letter by letter (BREACH). Used by routes.ts and
// the pages.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** `bond` is the id of a session, or what a cookie holds before there is one. */
export function createFormToken(key: Uint8Array, bond: string): string {
  const once = randomBytes(9).toString('base64url')
  return `${once}.${macOf(key, bond, once)}`
}

export function isFormToken(key: Uint8Array, bond: string, token: string): boolean {
  const [once = '', mac = ''] = token.split('.', 2)
  const [shown, expected] = [Buffer.from(mac), Buffer.from(macOf(key, bond, once))]
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}

// The words keep it apart from whatever else the key signs.
function macOf(key: Uint8Array, bond: string, once: string): string {
  return createHmac('sha256', key).update(`contrail web form\0${bond}\0${once}`).digest('base64url')
}
