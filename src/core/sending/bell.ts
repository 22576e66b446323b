// Lets several wait for the same thing to happen.

export class Bell {
  #waiting: (() => void)[] = []

  /** Resolves at the next ring. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  ring(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
