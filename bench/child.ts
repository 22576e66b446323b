// Helper processes that answer questions: a fork and its replies. Used by http.ts; the other half is `answerParent`.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Child extends AsyncDisposable {
  ask<Reply>(question: object): Promise<Reply>
}

/** Starts bench/{file} and hands it its arguments. */
export function startChild(file: string, ...args: string[]): Child {
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  return {
    async ask<Reply>(question: object): Promise<Reply> {
      const reply = Promise.race([
        once(child, 'message'),
        ended.then(() => {
          throw new Error(`${file} ended before it answered`)
        }),
      ])
      child.send(question)
      const [message] = (await reply) as [Reply]
      return message
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** In the child: answers each question, until the parent goes. */
export function answerParent<Question>(answer: (question: Question) => Promise<object> | object): void {
  process.on('message', (question) => {
    void Promise.resolve(answer(question as Question)).then((reply) => process.send!(reply))
  })
  process.on('disconnect', () => process.exit(0))
}

/** CPU time this process has used so far, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
