// Cursors of the API: signed, and bound to the account, the operation and its filters. Used by whatever pages.

import { openCursor, sealCursor } from '../../db/page.ts'
import type { CursorValue } from '../../db/page.ts'
import { InvalidInputError } from '../../errors.ts'
import { Refusal } from './problem.ts'
import type { Asked } from './route.ts'

interface Paged extends Asked<unknown, { cursor?: string | undefined; limit: number }> {}

/** Where the asked-for page starts; undefined for the first one. Throws Refusal. */
export function positionOf<Position extends CursorValue>(asked: Paged): Position | undefined {
  const { cursor } = asked.query
  if (cursor === undefined) return undefined
  return open<Position>(asked, scopeOf(asked), cursor)
}

/** The page as it is answered; `next` is where the following one starts. */
export function pageReply<Item>(
  asked: Paged,
  items: Item[],
  next: CursorValue | undefined,
): { body: { items: Item[]; next?: string } } {
  if (next === undefined) return { body: { items } }
  return { body: { items, next: sealCursor(asked.app.cursorKey, scopeOf(asked), next) } }
}

/** A cursor that is bound to the account and `name` alone. Throws Refusal. */
export function openPosition<Position extends CursorValue>(asked: Asked, name: string, cursor: string): Position {
  return open<Position>(asked, `v1 ${asked.accountId} ${name}`, cursor)
}

export function sealPosition(asked: Asked, name: string, position: CursorValue): string {
  return sealCursor(asked.app.cursorKey, `v1 ${asked.accountId} ${name}`, position)
}

function open<Position extends CursorValue>({ app }: Asked, scope: string, cursor: string): Position {
  try {
    return openCursor(app.cursorKey, scope, cursor) as Position
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new Refusal('invalid_cursor', 'this cursor is not one that this operation gave out for these filters')
  }
}

function scopeOf({ accountId, route, params, query }: Paged): string {
  const { cursor: _cursor, limit: _limit, ...filters } = query
  return `v1 ${accountId} ${route.operationId} ${JSON.stringify([params, filters])}`
}
