// What can stand behind an option or as an argument, for completion: words that are known, or what its name in the usage
// stands for. Told by whoever makes an option, asked by completion/.

import type { Argument, Option } from 'commander'
import { allKinds } from '../../core/events/event.ts'

export type Suggestion =
  | { kind: 'words'; words: readonly string[]; isList: boolean }
  | { kind: 'file' | 'folder' | 'profile' | 'nothing' }

const told = new WeakMap<Option, Suggestion>()

/** `isList`: several, separated by commas. */
export function suggestWords(option: Option, words: readonly string[], isList: boolean): void {
  told.set(option, { kind: 'words', words, isList })
}

/** What a name in the usage stands for, in any command. */
const byName: Readonly<Record<string, Suggestion>> = {
  file: { kind: 'file' },
  files: { kind: 'file' },
  folder: { kind: 'folder' },
  profile: { kind: 'profile' },
  kinds: { kind: 'words', words: allKinds, isList: true },
  'on|off': { kind: 'words', words: ['on', 'off'], isList: false },
}

export function suggestionOf(given: Option | Argument): Suggestion {
  const known = 'flags' in given ? told.get(given) : undefined
  if (known) return known
  if (given.argChoices) return { kind: 'words', words: given.argChoices, isList: false }
  return byName[valueName(given).toLowerCase()] ?? { kind: 'nothing' }
}

function valueName(given: Option | Argument): string {
  return 'flags' in given ? (/[<[](.+?)(?:\.\.\.)?[>\]]/.exec(given.flags)?.[1] ?? '') : given.name()
}
