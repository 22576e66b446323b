// How far a long command is: one line that rewrites itself on a terminal, a line now and then elsewhere. Used by import.ts,
// copy.ts and backup.ts.

import type { Output } from './context.ts'
import { formatCount, printable } from './format.ts'

const barWidth = 24
/** Between two lines where there is no terminal, ms. */
const plainInterval = 10_000

export class ProgressLine {
  readonly #stream: Output
  readonly #name: string
  readonly #unit: string
  readonly #isQuiet: boolean
  readonly #startedAt = performance.now()
  #plainAt = performance.now()
  #isBarShown = false

  constructor(stream: Output, name: string, unit: string, isQuiet: boolean) {
    this.#stream = stream
    this.#name = name
    this.#unit = unit
    this.#isQuiet = isQuiet
  }

  say(text: string): void {
    this.#clear()
    this.#stream.write(printable(text.slice(0, 1000)) + '\n')
  }

  /** `count` of the unit since the start; `done` of `size` in whatever measure. */
  show({ count, done, size }: { count: number; done: number; size: number | undefined }): void {
    const seconds = (performance.now() - this.#startedAt) / 1000
    const rate = `${formatCount(count)} ${this.#unit}, ${formatCount(Math.round(count / seconds))}/s`
    const share = size ? Math.min(1, done / size) : undefined
    if (this.#stream.isTTY) {
      this.#clear()
      this.#stream.write(share === undefined ? rate : `${bar(share)} ${rate}`)
      this.#isBarShown = true
    } else if (!this.#isQuiet && performance.now() - this.#plainAt > plainInterval) {
      this.#plainAt = performance.now()
      this.#stream.write(`${this.#name}: ${share === undefined ? '' : `${Math.floor(share * 100)} %, `}${rate}\n`)
    }
  }

  end(): void {
    this.#clear()
  }

  #clear(): void {
    if (this.#isBarShown) this.#stream.write('\r\x1b[2K')
    this.#isBarShown = false
  }
}

function bar(share: number): string {
  const full = Math.round(share * barWidth)
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`
}
