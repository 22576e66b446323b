// `contrail bounces`: mail that comes back.

import type { Command } from 'commander'
import { addIngest } from './bounces-ingest.ts'
import { addParse } from './bounces-parse.ts'
import { addReview } from './bounces-review.ts'
import type { CliContext } from './context.ts'

export function addBounces(program: Command, context: CliContext): void {
  const bounces = program.command('bounces').summary('mail that came back')
  addParse(bounces, context)
  addIngest(bounces, context)
  addReview(bounces, context)
}
