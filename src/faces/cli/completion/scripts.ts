// The scripts for each shell: what they do is in a file of its own beside this one, what there is to complete is put in here.
// Used by completion.ts.

import { readFileSync } from 'node:fs'
import { rowsOf } from './places.ts'
import type { Place } from './places.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

const renderers: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  // bash shows words alone.
  bash: (places) => renderCase(places, (row) => row.split('\t', 1)[0]!),
  zsh: (places) => renderCase(places, (row) => row),
  fish: renderSwitch,
}

export function renderScript(shell: Shell, places: readonly Place[]): string {
  const text = readFileSync(new URL(`contrail.${shell}`, import.meta.url), 'utf8')
  // A function: what is put in is no pattern.
  return text.replace('# PLACES', () => renderers[shell](places))
}

/** A function that sets what there is at the place named by its argument. */
function renderCase(places: readonly Place[], shorten: (row: string) => string): string {
  const cases = places.map((place) => {
    const { commands, flags, values } = rowsOf(place)
    const list = (rows: readonly string[]): string => `(${rows.map((row) => quote(shorten(row))).join(' ')})`
    return `    ${quote(place.path)}) subs=${list(commands)} flags=${list(flags)} values=${list(values)} ;;\n`
  })
  return `_contrail_place() {\n  case $1 in\n${cases.join('')}  esac\n}`
}

function renderSwitch(places: readonly Place[]): string {
  const cases = places.map((place) => {
    const rows = rowsOf(place)
    const set = (name: keyof typeof rows): string =>
      `            set -g __contrail_${name} ${rows[name].map(quoteForFish).join(' ')}\n`
    return `        case ${quoteForFish(place.path)}\n${set('commands')}${set('flags')}${set('values')}`
  })
  return `function __contrail_place\n    switch "$argv[1]"\n${cases.join('')}    end\nend`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function quoteForFish(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
}
