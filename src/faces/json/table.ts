// Every route of the API, in the order of the reference page. Read by routes.ts, openapi.ts and the tests that walk it.

import { adminRoutes } from './admin.ts'
import { campaignRoutes } from './campaigns.ts'
import { contactRoutes } from './contacts.ts'
import { eventRoutes } from './events.ts'
import { feedRoutes } from './feed.ts'
import { ingestRoutes } from './ingest.ts'
import { listRoutes } from './lists.ts'
import { privacyRoutes } from './privacy.ts'
import { reportRoutes } from './reports.ts'
import type { Route } from './route.ts'
import { suppressionRoutes } from './suppressions.ts'
import { webhookRoutes } from './webhooks.ts'

export const table: readonly Route[] = [
  ...contactRoutes,
  ...eventRoutes,
  ...ingestRoutes,
  ...feedRoutes,
  ...webhookRoutes,
  ...listRoutes,
  ...campaignRoutes,
  ...reportRoutes,
  ...suppressionRoutes,
  ...privacyRoutes,
  ...adminRoutes,
]
