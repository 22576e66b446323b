// What a route is: an address, who may use it, and the page behind it. The table of all routes is pages.ts.

import type { Scope } from '../../core/accounts/api-key.ts'
import type { Member, Visit } from './visit.ts'

type Answer<V> = (visit: V) => Promise<Response> | Response

export type Route = { method: 'GET' | 'POST'; path: string; maxBytes?: number } & (
  | { needs: 'nobody'; answer: Answer<Visit> }
  | { needs: Scope; answer: Answer<Member> }
)

/** For everybody. */
export function open(method: Route['method'], path: string, answer: Answer<Visit>): Route {
  return { method, path, needs: 'nobody', answer }
}

/** For whoever is signed in. */
export function look(path: string, answer: Answer<Member>): Route {
  return { method: 'GET', path, needs: 'read', answer }
}

/** For those of a role that has this scope. */
export function ask(method: Route['method'], needs: Scope, path: string, answer: Answer<Member>): Route {
  return { method, path, needs, answer }
}
