// Every route of the API, in the order of the reference page. Read by routes.ts, openapi.ts and the tests that walk it.

import { adminRoutes } from './admin.ts'
import { bounceReviewRoutes } from './bounce-reviews.ts'
import { campaignCheckRoutes } from './campaign-check.ts'
import { campaignSendingRoutes } from './campaign-sending.ts'
import { campaignRoutes } from './campaigns.ts'
import { contactRoutes } from './contacts.ts'
import { dkimKeyRoutes } from './dkim-keys.ts'
import { eventRoutes } from './events.ts'
import { feedRoutes } from './feed.ts'
import { holdRoutes } from './holds.ts'
import { ingestRoutes } from './ingest.ts'
import { listRoutes } from './lists.ts'
import { messageRoutes } from './messages.ts'
import { privacyRoutes } from './privacy.ts'
import { reportRoutes } from './reports.ts'
import { inboxRoutes } from './inbox.ts'
import { providerEndpointRoutes } from './provider-endpoints.ts'
import type { Route } from './route.ts'
import { suppressionRoutes } from './suppressions.ts'
import { webhookRoutes } from './webhooks.ts'

export const table: readonly Route[] = [
  ...contactRoutes,
  ...eventRoutes,
  ...ingestRoutes,
  ...feedRoutes,
  ...webhookRoutes,
  ...providerEndpointRoutes,
  ...inboxRoutes,
  ...listRoutes,
  ...campaignRoutes,
  ...reportRoutes,
  ...campaignCheckRoutes,
  ...campaignSendingRoutes,
  ...messageRoutes,
  ...suppressionRoutes,
  ...holdRoutes,
  ...bounceReviewRoutes,
  ...privacyRoutes,
  ...adminRoutes,
  ...dkimKeyRoutes,
]
