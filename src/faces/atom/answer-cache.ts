// Answers to questions asked again while nothing in the store has changed: old clients poll. Used by routes.ts.

import type { Document } from './answer.ts'

const maxBytes = 64 * 2 ** 20
const maxDocumentBytes = 2 ** 20
/** An answer holds the time it was made at, which should be that of the request; older ones are made anew. In ms. */
const maxAge = 5000
const maxQuestionLength = 1000
/** What an entry takes beside its body and question, about. */
const overhead = 500

interface Kept {
  document: Document & { body: Buffer<ArrayBuffer> }
  madeAt: number
}

export class AnswerCache {
  readonly #kept = new Map<string, Kept>()
  #version: number | undefined
  #bytes = 0

  /** The answer given before to the same question of the same version of the store; undefined when there is none. */
  find(question: string, version: number | undefined, now: number): Document | undefined {
    if (version === undefined || version !== this.#version) return undefined
    const kept = this.#kept.get(question)
    return kept && Math.abs(now - kept.madeAt) <= maxAge ? kept.document : undefined
  }

  /** Keeps the answer, in place of those of older versions, and returns it in the form that is sent. */
  keep(question: string, version: number | undefined, now: number, answer: Document): Document {
    if (version === undefined) return answer
    if (version !== this.#version) this.#clear(version)
    const body = Buffer.from(answer.body)
    const document = { ...answer, body }
    if (body.length > maxDocumentBytes || question.length > maxQuestionLength) return document
    if (this.#bytes + body.length > maxBytes) this.#clear(version)
    const held = this.#kept.get(question)?.document.body.length
    this.#bytes += body.length - (held ?? -2 * question.length - overhead)
    this.#kept.set(question, { document, madeAt: now })
    return document
  }

  #clear(version: number): void {
    this.#kept.clear()
    this.#bytes = 0
    this.#version = version
  }
}
