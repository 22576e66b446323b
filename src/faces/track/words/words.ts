// What the pages say, in each language they can be had in. A word that a language lacks is a type error.

import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'

export interface Words {
  unknownTitle: string
  unknownText: string
  methodTitle: string
  methodText: string
  awayTitle: string
  awayText: string
  tooManyTitle: string
  tooManyText: string
  tooLongTitle: string
  tooLongText: string
  staleTitle: string
  staleText: string
  unsubscribeTitle: string
  /** `address` is masked, `sender` empty where none is known. */
  unsubscribeText(address: string, sender: string): string
  reasonLabel: string
  reasonHint: string
  unsubscribeButton: string
  choosePreferences: string
  doneTitle: string
  doneText(address: string): string
  waitingTitle: string
  waitingText: string
  /** The answer to a program that asked by one click. */
  oneClickDone: string
  oneClickWaiting: string
  preferencesTitle: string
  preferencesText(address: string): string
  savedText: string
  optedOutText: string
  blockedText: string
  listsTitle: string
  listsHint: string
  noListsText: string
  saveLists: string
  trackingTitle: string
  trackingHint: string
  trackingFull: string
  trackingFullHint: string
  trackingAggregate: string
  trackingAggregateHint: string
  trackingNone: string
  trackingNoneHint: string
  saveTracking: string
  stopTitle: string
  stopText: string
  stopButton: string
}

const catalogue = { en, de, fr, es } as const satisfies Record<string, Words>
export type Language = keyof typeof catalogue
export const languages = Object.keys(catalogue) as Language[]

export function wordsOf(language: Language): Words {
  return catalogue[language]
}

/** More wishes than anybody has; the rest is not read. */
const maxWishes = 20

/** The best of what is asked for (RFC 9110 12.5.4); English where nothing fits. */
export function chooseLanguage(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '').split(',', maxWishes).map((wish, order) => {
    const [range = '', ...parameters] = wish.split(';')
    const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(parameter)?.[1]).find(Boolean)
    return { primary: range.trim().toLowerCase().split('-')[0], weight: Number(weight ?? 1), order }
  })
  const best = wishes
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || a.order - b.order)
    .map(({ primary }) => languages.find((language) => language === primary))
    .find((language) => language !== undefined)
  return best ?? 'en'
}
