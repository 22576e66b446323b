// The commands as completion needs them: for every place in their tree what can come next. Used by completion.ts, and
// rendered by scripts.ts.

import type { Command, Option } from 'commander'
import { fillNow } from '../fill-later.ts'
import { suggestionOf } from '../words.ts'
import type { Suggestion } from '../words.ts'

interface Described {
  word: string
  description: string
}

interface Flag extends Described {
  /** Undefined: it takes no value. */
  value: Suggestion | undefined
}

/** A command, named by the words that lead to it: "" is the program, "api contacts" one below. */
export interface Place {
  path: string
  commands: Described[]
  flags: Flag[]
  /** Of the arguments, in their order; the last one of many goes on. */
  values: Suggestion[]
  isLastRepeated: boolean
}

export function listPlaces(program: Command): Place[] {
  return placesOf(program, '')
}

function placesOf(command: Command, path: string): Place[] {
  fillNow(command)
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  const place: Place = {
    path,
    commands: commands.map((sub) => ({ word: sub.name(), description: oneLine(sub.summary() || sub.description()) })),
    flags: help.visibleOptions(command).flatMap(flagsOf),
    values: command.registeredArguments.map((argument) => suggestionOf(argument)),
    isLastRepeated: command.registeredArguments.at(-1)?.variadic ?? false,
  }
  const own = commands.filter((sub) => sub.name() !== 'help')
  return [place, ...own.flatMap((sub) => placesOf(sub, `${path} ${sub.name()}`.trim()))]
}

function flagsOf(option: Option): Flag[] {
  const value = option.required || option.optional ? suggestionOf(option) : undefined
  return [option.long, option.short].flatMap((word) =>
    word ? [{ word, description: oneLine(option.description), value }] : [],
  )
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

/** A place as the scripts have it: words with what is said of them, and behind a flag what its value can be. */
export interface Rows {
  commands: string[]
  flags: string[]
  values: string[]
}

/** `list<tab>find contacts`, `--kind=l:open click<tab>only these kinds`, `f`. */
export function rowsOf({ commands, flags, values, isLastRepeated }: Place): Rows {
  const last = values.at(-1)
  return {
    commands: commands.map(({ word, description }) => `${word}\t${description}`),
    flags: flags.map(({ word, description, value }) => `${word}${value ? `=${signOf(value)}` : ''}\t${description}`),
    values: [...values.map(signOf), ...(isLastRepeated && last ? [`+${signOf(last)}`] : [])],
  }
}

const signs = { file: 'f', folder: 'd', profile: 'p', nothing: 'n' } as const

// No word has a space in it.
function signOf(value: Suggestion): string {
  return value.kind === 'words' ? `${value.isList ? 'l' : 'w'}:${value.words.join(' ')}` : signs[value.kind]
}
