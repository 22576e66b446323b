// Where MJML is compiled: in this thread, or in one of its own, because it takes some milliseconds for a thousand characters.
// The other thread is mjml-thread.ts, started by app.ts when somebody first saves MJML.

import { UnavailableError } from '../../errors.ts'
import { compileMjml } from '../../mail/mjml.ts'
import type { MjmlResult } from '../../mail/mjml.ts'
import { oneByOne } from '../threads/one-by-one.ts'
import type { Thread } from '../threads/one-by-one.ts'

export interface MjmlCompiler extends AsyncDisposable {
  /** Throws UnavailableError when very many wait. */
  compile(source: string): Promise<MjmlResult>
}

export const compileHere: MjmlCompiler = {
  compile: compileMjml,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

export type MjmlThread = Thread<string, MjmlResult>

/** The longest there may be takes five seconds, and more on a machine that has other things to do. In ms. */
const usualPatience = 30_000
/** More are asked to come again. */
const maxWaiting = 20

export function compileInThread(start: () => MjmlThread, patience = usualPatience): MjmlCompiler {
  const sources = oneByOne(start, patience)
  return {
    compile: async (source) => {
      if (sources.waiting >= maxWaiting) throw new UnavailableError('too much MJML waits to be compiled')
      return (await sources.ask(source)) ?? tooMuch
    },
    [Symbol.asyncDispose]: () => sources[Symbol.asyncDispose](),
  }
}

const tooMuch: MjmlResult = { faults: [{ message: 'it takes too long, or too much memory, to compile' }] }
