// Commands whose subcommands are many and made of a large file: made when they are needed, so that all others start as fast
// as before. Used by api.ts, program.ts and completion.ts.

import type { Command } from 'commander'

const waiting = new WeakMap<Command, () => void>()

export function fillLater(command: Command, fill: () => void): void {
  waiting.set(command, fill)
  // `contrail help NAME` shows it without running it.
  command.on('beforeHelp', () => fillNow(command))
}

export function fillNow(command: Command): void {
  const fill = waiting.get(command)
  waiting.delete(command)
  fill?.()
}
