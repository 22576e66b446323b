// Answers to questions that are asked again while nothing in the store has changed. Only of routes whose answers depend on
// nothing else. Filled by answer-route.ts, read by answer-at-once.ts.

import type { Packed } from './answer.ts'

const maxBytes = 64 * 2 ** 20
const maxAnswerBytes = 2 ** 20
const maxQuestionLength = 1000
/** What an answer takes beside its body and question, about. */
const overhead = 1000

export class AnswerMemory {
  readonly #kept = new Map<string, Packed>()
  #version: number | undefined
  #bytes = 0

  /** The answer to the same question of the same version of the store; undefined when there is none. */
  find(question: string, version: number | undefined): Packed | undefined {
    return version !== undefined && version === this.#version ? this.#kept.get(question) : undefined
  }

  /** Keeps the answer in place of those of older versions. */
  keep(question: string, version: number | undefined, answer: Packed): void {
    const { length } = answer.bytes
    if (version === undefined || length > maxAnswerBytes || question.length > maxQuestionLength) return
    const takes = length + 2 * question.length + overhead
    if (version !== this.#version || this.#bytes + takes > maxBytes) this.#clear(version)
    if (this.#kept.has(question)) return
    this.#bytes += takes
    this.#kept.set(question, answer)
  }

  #clear(version: number): void {
    this.#kept.clear()
    this.#bytes = 0
    this.#version = version
  }
}

/** What an answer was an answer to: by whom, of what, in which encoding. */
export function questionOf(accountId: number, url: string, encoding: string | undefined): string {
  return `${accountId} ${encoding ?? ''} ${url}`
}
