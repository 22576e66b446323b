// Sends one signed request and says what came of it. The way out is handed in: app.ts opens the real one.

import { performance } from 'node:perf_hooks'
import type { Attempt } from './attempts.ts'
import { judgeAnswer } from './retries.ts'
import type { Answer } from './retries.ts'
import { signWebhook } from './sign.ts'
import { signingKeys } from './webhook.ts'
import type { Webhook } from './webhook.ts'

export interface PostRequest {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  /** Given up when aborted. */
  signal: AbortSignal
}

export interface PostResponse {
  status: number
  retryAfter: string | undefined
  /** How the body begins. */
  text: string
}

/** Throws with a reason in words when there is no answer. */
export type Post = (request: PostRequest) => Promise<PostResponse>

export interface Outbound {
  post: Post
  now: () => number
}

export interface Message {
  id: string
  eventRef: string | null
  attemptNo: number
  body: string
}

export interface Sent extends Answer {
  attempt: Attempt
}

/** Undefined when it was cut short by the signal: nothing is known of it, and it counts as not tried. */
export async function postWebhook(
  { post, now }: Outbound,
  webhook: Webhook,
  { id, eventRef, attemptNo, body }: Message,
  signal: AbortSignal,
): Promise<Sent | undefined> {
  const at = now()
  const seconds = Math.floor(at / 1000)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Contrail',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signWebhook(signingKeys(webhook, at), id, seconds, body),
  }
  const begunAt = performance.now()
  const known = { at, messageId: id, eventRef, attemptNo }
  const told = (answer: Answer, response: string | null): Sent => ({
    ...answer,
    attempt: { ...known, status: answer.status ?? null, problem: answer.problem ?? null, duration: Math.round(performance.now() - begunAt), response }, // oxfmt-ignore
  })
  try {
    const { status, retryAfter, text } = await post({ url: webhook.url, headers, body, signal })
    const answer = judgeAnswer(status, retryAfter, now())
    return told(answer, answer.problem === undefined ? null : text)
  } catch (error) {
    if (signal.aborted) return undefined
    return told({ status: undefined, problem: (error as Error).message, rest: undefined }, null)
  }
}
