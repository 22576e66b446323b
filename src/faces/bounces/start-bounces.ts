// The ways in for mail that comes back, as far as the settings name them. Started and stopped by server.ts.

import type { App } from '../../app.ts'
import { startMailbox } from './mailbox.ts'
import { listenForBounces } from './smtp-listener.ts'

/** Throws ConfigError when an address can't be had. */
export async function startBounces(app: App): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  if (app.config.bounceListen) stack.use(await listenForBounces(app))
  if (app.config.bounceImap) stack.use(startMailbox(app, app.config.bounceImap))
  return stack.move()
}
