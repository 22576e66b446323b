// `contrail hooks`: what providers of mail tell by webhook.

import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import { addHooksEndpoint } from './hooks-endpoint.ts'
import { addHooksInbox } from './hooks-inbox.ts'
import { addHooksParse } from './hooks-parse.ts'
import { addHooksVerify } from './hooks-verify.ts'

export function addHooks(program: Command, context: CliContext): void {
  const hooks = program.command('hooks').summary('webhooks of mail providers: read payloads, endpoints, what came in')
  addHooksParse(hooks, context)
  addHooksVerify(hooks, context)
  addHooksEndpoint(hooks, context)
  addHooksInbox(hooks, context)
}
