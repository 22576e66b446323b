// What a route is: one description of which the address, the checks, the handler's types, openapi.json and the reference
// page are made. Written by every resource, joined in table.ts.

import type { z } from 'zod'
import type { App } from '../../app.ts'
import type { Account } from '../../core/accounts/account.ts'
import type { Scope } from '../../core/accounts/api-key.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import type { Tx } from '../../db/db.ts'
import type { Shape } from './schemas.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request that passed all checks of its route. */
export interface Asked<Params = unknown, Query = unknown, Body = unknown> {
  app: App
  account: Account
  accountId: number
  /** Who shows the credentials, such as `key 3`. */
  holder: string
  now: number
  params: Params
  query: Query
  body: Body
  /** The `Idempotency-Key`; absent where none came. */
  key: string | undefined
  request: Request
  route: Route
  /** Aborted when the server stops: answers that go on for long end then. */
  stopping: AbortSignal
  /** The adapters of faces/hooks. */
  hookProviders: HookProviders
}

/** What a handler says; a Response goes out as it is. */
export interface Reply<Body> {
  body: Body
  /** When it is not the one of the route. */
  status?: number | undefined
  /** Path below /api/v1 of what was created. */
  location?: string
  /** True: the answer has an ETag, by which it is asked for again or changed. */
  hasTag?: boolean
  /** Whom a kept answer is about, to be erased with. */
  contactId?: number
}

type Values<S> = S extends Shape ? z.output<z.ZodObject<S>> : Record<string, never>
type BodyOf<B> = B extends z.ZodType ? z.output<B> : undefined
type Answers<A> = Promise<Reply<A extends z.ZodType ? z.input<A> : null> | Response>

interface Description {
  method: Method
  /** Below /api/v1, with parameters as in `/contacts/{id}`. */
  path: string
  operationId: string
  tag: string
  summary: string
  /** Markdown: what the summary leaves open. */
  description?: string
  scope: Scope
  /** Of the success; 200 when absent. */
  status?: 200 | 201 | 202 | 204
  /** Statuses of problems beyond those that every route has. */
  problems?: readonly number[]
  /** The answer depends on nothing but the question and the store: it may be kept. */
  isTimeless?: boolean
  /** In bytes; a megabyte when absent. */
  maxBody?: number
  /** Media types of bodies that the handler reads by itself, with what one item is. */
  reads?: Readonly<Record<string, z.ZodType>>
  /** Media types of answers that are no JSON document, with what one item is. */
  streams?: Readonly<Record<string, z.ZodType>>
}

interface Parts<P, Q, B, A> extends Description {
  params?: P
  query?: Q
  body?: B
  answer?: A
  /** Makes of the body, before any transaction, what takes long to make. */
  prepare?(body: BodyOf<B>, app: App): Promise<BodyOf<B>>
}

interface Reading<P, Q, B, A> extends Parts<P, Q, B, A> {
  /** Answers by itself, in as many transactions as it takes. */
  handle(asked: Asked<Values<P>, Values<Q>, BodyOf<B>>): Answers<A>
}

interface Writing<P, Q, B, A> extends Parts<P, Q, B, A> {
  /** Does all of it in one transaction, with which a kept answer is stored. */
  write(asked: Asked<Values<P>, Values<Q>, BodyOf<B>>, tx: Tx): Answers<A>
}

/** A route whose handler's types were checked where it was written. */
export interface Route extends Description {
  params: Shape
  query: Shape
  body: z.ZodType | undefined
  answer: z.ZodType | undefined
  prepare: ((body: unknown, app: App) => Promise<unknown>) | undefined
  handle: ((asked: Asked) => Promise<Reply<unknown> | Response>) | undefined
  write: ((asked: Asked, tx: Tx) => Promise<Reply<unknown> | Response>) | undefined
}

/** Checks that the handler fits the schemas. */
export function route<
  P extends Shape | undefined = undefined,
  Q extends Shape | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(given: Reading<P, Q, B, A> | Writing<P, Q, B, A>): Route {
  return {
    prepare: undefined,
    handle: undefined,
    write: undefined,
    ...(given as unknown as Omit<Route, 'prepare' | 'handle' | 'write'>),
    params: given.params ?? {},
    query: given.query ?? {},
    body: given.body,
    answer: given.answer,
  }
}
