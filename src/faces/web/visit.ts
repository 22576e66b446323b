// One request as the pages want it: who asks, for what, in which look, and the form that came with it.

import type { App } from '../../app.ts'
import type { Session } from '../../core/users/session.ts'
import type { User } from '../../core/users/user.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import type { Form } from './read-form.ts'
import type { Look } from './look.ts'
import type { Remembered } from '../../core/requests/remembered.ts'
import type { Words } from './words/words.ts'

export interface Visit {
  app: App
  words: Words
  look: Look
  now: number
  /** Undecoded. */
  path: string
  query: URLSearchParams
  header: (name: string) => string | undefined
  /** A part of the path; empty when the route has none of this name. */
  of: (name: string) => string
  /** Empty for GET. */
  form: Form
  /** For forms of this page. */
  formToken: () => string
  remembered: Remembered
  hookProviders: HookProviders
  /** Whom attempts to sign in are counted for; nobody when undefined. */
  address: string | undefined
  /** Undefined where nobody is signed in, which only pages see that are for everybody. */
  member: Pick<Member, 'user' | 'accountId' | 'username' | 'session'> | undefined
}

/** A visit of somebody who is signed in. */
export interface Member extends Visit {
  user: User
  accountId: number
  /** The account's. */
  username: string
  session: Session
}
