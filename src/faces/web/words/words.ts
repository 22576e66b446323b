// What the pages say, in each language they can be had in. A word that a language lacks is a type error.

import { en } from './en.ts'

export type Words = typeof en

const catalogue = { en } as const satisfies Record<string, Words>
export type Language = keyof typeof catalogue

export function wordsOf(language: Language): Words {
  return catalogue[language]
}
