// A key, from wherever it can come without being seen: the environment, standard input, or a terminal that shows nothing of
// it. Used by profile.ts.

import { StringDecoder } from 'node:string_decoder'
import { InvalidInputError } from '../../../errors.ts'
import type { CliContext } from '../context.ts'

const longest = 1000

/** Throws InvalidInputError for what can be no key. */
export async function readKey(context: CliContext): Promise<string> {
  const { client, stdin } = context
  const text = client.key ?? (stdin.isTTY ? await askFor(context, 'API key (not shown): ') : await firstLine(context))
  const key = text.trim()
  if (key === '')
    throw new InvalidInputError('there is no key: give it on standard input, or in CONTRAIL_API_KEY', 'key')
  if (key.length > longest || !/^[\x21-\x7e]+$/.test(key))
    throw new InvalidInputError('a key has no spaces and no letters beyond ASCII', 'key')
  return key
}

async function firstLine({ stdin }: CliContext): Promise<string> {
  let text = ''
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.includes('\n') || text.length > longest) break
  }
  return text.split('\n', 1)[0]!
}

interface Terminal {
  setRawMode?(isRaw: boolean): unknown
}

/** What is typed until Enter; Backspace takes one back, Ctrl-C ends the command. */
async function askFor({ stdin, stderr }: CliContext, question: string): Promise<string> {
  const terminal = stdin as typeof stdin & Terminal
  stderr.write(question)
  terminal.setRawMode?.(true)
  const decoder = new StringDecoder('utf8')
  let typed = ''
  try {
    for await (const chunk of stdin) {
      for (const letter of decoder.write(chunk as Buffer)) {
        if (letter === '\r' || letter === '\n' || letter === '\x04') return typed
        if (letter === '\x03') throw new InvalidInputError('stopped: no key was given', 'key')
        if (letter === '\x7f' || letter === '\b') typed = typed.slice(0, -1)
        else typed += letter
      }
    }
    return typed
  } finally {
    terminal.setRawMode?.(false)
    stderr.write('\n')
  }
}
