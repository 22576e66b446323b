// The jobs of the inbox. Their names are stored, so they stay.

import type { JobKinds } from '../jobs/run-jobs.ts'
import type { HookSeams } from './apply-events.ts'
import type { HookProviders } from './hook-provider.ts'
import { readInboxJob } from './inbox-writer.ts'
import { pruneInboxJobKind } from './inbox.ts'
import { readInboxJobKind } from './read-inbox.ts'

export function inboxJobKinds(providers: HookProviders, seams: HookSeams): JobKinds {
  return { [readInboxJob]: readInboxJobKind(providers, seams), 'prune-inbox': pruneInboxJobKind }
}
