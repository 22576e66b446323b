// Chance for the simulation: one seed, the same world. Used by everything in this folder.

import { seeded } from '../../src/core/demo/random.ts'

export interface Dice {
  /** True this often. */
  often: (share: number) => boolean
  between: (low: number, high: number) => number
  whole: (low: number, high: number) => number
  pick: <T>(from: readonly T[]) => T
  /** By weights. */
  weigh: <T>(from: readonly (readonly [weight: number, thing: T])[]) => T
  /** Log-normal, half of all below `median`; a spread of 1 puts two thirds within a factor of e. */
  around: (median: number, spread: number, least: number) => number
  shuffle: <T>(all: readonly T[]) => T[]
}

export function rollDice(seed: number): Dice {
  const random = seeded(seed)
  const between = (low: number, high: number): number => low + random() * (high - low)
  const whole = (low: number, high: number): number => Math.floor(between(low, high + 1))
  return {
    often: (share) => random() < share,
    between,
    whole,
    pick: (from) => from[Math.floor(random() * from.length)]!,
    weigh: (from) => {
      let left = random() * from.reduce((sum, [weight]) => sum + weight, 0)
      return from.find(([weight]) => (left -= weight) < 0)?.[1] ?? from[0]![1]
    },
    around: (median, spread, least) => {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      return Math.max(least, median * Math.exp(spread * normal))
    },
    shuffle: (all) => {
      const left = [...all]
      return all.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!)
    },
  }
}
