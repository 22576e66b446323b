// Work in a thread of its own, one piece after the other, so that what is made to take long keeps nobody else waiting: no
// longer than `patience`, and no piece that ends the thread ends the next. Used for mail that came back and for MJML.

/** The part of a Worker that is used. */
export interface Thread<Question, Answer> {
  postMessage(question: Question): void
  on(event: 'message', listen: (answer: Answer) => void): unknown
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'exit', listen: (code: number) => void): unknown
  unref(): void
  terminate(): Promise<unknown>
}

export interface OneByOne<Question, Answer> extends AsyncDisposable {
  /** Pieces that are not done, the one in work among them. */
  readonly waiting: number
  /** Undefined when it took longer than it may, or ended the thread. */
  ask(question: Question): Promise<Answer | undefined>
}

/** `start` is called when there is something to do; a thread that has ended, or had to be, is begun anew. Patience in ms. */
export function oneByOne<Question, Answer>(
  start: () => Thread<Question, Answer>,
  patience: number,
): OneByOne<Question, Answer> {
  let thread: Thread<Question, Answer> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let settle: ((answer: Answer | undefined) => void) | undefined
  let waiting = 0
  const give = (answer: Answer | undefined): void => {
    settle?.(answer)
    settle = undefined
  }
  const end = (ended: Thread<Question, Answer>): void => {
    if (thread !== ended) return
    thread = undefined
    give(undefined)
  }
  const begin = (): Thread<Question, Answer> => {
    const begun = start()
    begun.on('message', give)
    begun.on('error', () => end(begun))
    begun.on('exit', () => end(begun))
    begun.unref()
    return begun
  }
  const askNext = (question: Question): Promise<Answer | undefined> =>
    new Promise((resolve) => {
      const late = setTimeout(() => void thread?.terminate(), patience)
      settle = (answer) => {
        clearTimeout(late)
        waiting--
        resolve(answer)
      }
      thread ??= begin()
      thread.postMessage(question)
    })
  return {
    get waiting() {
      return waiting
    },
    ask: (question) => {
      waiting++
      const answered = last.then(() => askNext(question))
      last = answered
      return answered
    },
    [Symbol.asyncDispose]: async () => {
      await last
      await thread?.terminate()
    },
  }
}
