// `npm run check`: format, lint with the dependency rule, types, dead code, generated files. Runs all, then says which failed.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { generatedFiles } from './generated-files.ts'

const steps: readonly [name: string, command: string, ...args: string[]][] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint and dependency rule', 'oxlint', '--deny-warnings'],
  ['types', 'tsc'],
  ['dead code', 'knip'],
]

const failed: string[] = []
for (const [name, command, ...args] of steps) {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) failed.push(name)
}
for (const [path, content] of await generatedFiles()) {
  if (readFileSync(path, 'utf8') !== content) failed.push(`${path} is out of date: npm run generate`)
}
console.log(failed.length === 0 ? 'check: all is well' : `check failed: ${failed.join('; ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
