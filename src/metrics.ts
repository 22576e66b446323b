// What there is to watch, in the form Prometheus reads: docs/operate.md names each and says what to be alarmed by. Made by
// server.ts where CONTRAIL_METRICS is set; collected when somebody asks, so that nothing is done for it meanwhile.

import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Histogram } from 'prom-client'
import type { App } from './app.ts'
import { countReviews } from './core/bounces/review.ts'
import { countJobs } from './core/jobs/job.ts'
import { watchInbox } from './core/inbox/inbox.ts'
import { watchWebhooks } from './core/webhooks/watch-webhooks.ts'
import { countRuns } from './core/sending/campaign-run.ts'
import { durationLimits } from './request-counts.ts'
import type { RequestCount, RequestCounts } from './request-counts.ts'

/** The metrics of one process, as they go from process to process. */
export type Readings = object[]

/** How long the store or the spool may take to tell about itself, in ms; what is asked meanwhile goes without. */
const patience = 1000

export function createMetrics(app: App, requests: RequestCounts): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  registry.registerMetric(durations(requests))
  addTotals(registry, app)
  addReports(registry, app)
  addSpool(registry, app)
  addJobs(registry, app)
  addOutbox(registry, app)
  addWebhooks(registry, app)
  addInbox(registry, app)
  addConnections(registry, app)
  return registry
}

/** What several processes have read, as one text: sums, or where all see the same thing, the largest. */
export function renderReadings(readings: readonly Readings[]): Promise<string> {
  return AggregatorRegistry.aggregate([...readings]).metrics()
}

/** The counts of a process that has ended together with those of earlier ones: what was counted stays counted. */
export async function keepTotals(kept: Readings, last: Readings): Promise<Readings> {
  const isTotal = (metric: object): boolean =>
    'type' in metric && (metric.type === 'counter' || metric.type === 'histogram')
  const totals = AggregatorRegistry.aggregate([kept, last.filter(isTotal)])
  return totals.getMetricsAsJSON()
}

// The library's own histogram looks its labels up at each observation, which takes longer than a click may.
function durations(requests: RequestCounts): Histogram {
  const described = {
    name: 'contrail_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    type: 'histogram',
    aggregator: 'sum',
  }
  const metric = { ...described, get: async () => ({ ...described, values: requests.list().flatMap(toSeries) }) }
  return metric as unknown as Histogram
}

function toSeries({ face, method, status, buckets, seconds }: RequestCount): object[] {
  const name = 'contrail_request_duration_seconds'
  const labels = { face, method, status }
  let count = 0
  const cumulated = buckets.map((own, i) => {
    count += own
    return { metricName: `${name}_bucket`, labels: { ...labels, le: durationLimits[i] ?? '+Inf' }, value: count }
  })
  return [
    ...cumulated,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: count },
  ]
}

function addTotals(registry: Registry, { counts, tracking }: App): void {
  const { hits } = tracking
  addTotal(registry, 'contrail_hits_total', 'Clicks and opens, by what became of them.', 'outcome', () => ({
    stored: hits.counts.stored,
    spooled: hits.counts.spooled,
    drained: hits.counts.drained,
    set_aside: hits.counts.setAside,
    lost: hits.counts.lost,
  }))
  addTotal(registry, 'contrail_jobs_ended_total', 'Jobs that ended, by how.', 'outcome', () => ({
    done: counts.jobsDone,
    failed: counts.jobsFailed,
  }))
  addTotal(registry, 'contrail_messages_total', 'Messages for the relay, by what it said.', 'outcome', () => {
    const { notSent, ...said } = counts.messages
    return { ...said, not_sent: notSent }
  })
  addTotal(
    registry,
    'contrail_webhook_deliveries_total',
    'Requests to webhooks, by what became of them.',
    'outcome',
    () => {
      const { accepted, failed, dropped } = counts.deliveries
      return { accepted, failed, dropped }
    },
  )
  addTotal(registry, 'contrail_answers_total', 'Pages of the 2008 wire, by where they came from.', 'source', () => ({
    memory: counts.fromMemory,
    store: counts.fromStore,
  }))
  new Counter({
    name: 'contrail_turned_away_total',
    help: 'Requests answered with 503 because the store was away.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(counts.turnedAway)
    },
  })
}

function addTotal(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Readonly<Record<string, number>>,
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset()
      for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count)
    },
  })
}

function addReports(registry: Registry, { counts, db }: App): void {
  new Counter({
    name: 'contrail_reports_total',
    help: 'Mails that came back, by what they report, the way they came and what became of them.',
    labelNames: ['kind', 'way', 'outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [name, count] of counts.reports) {
        const [kind, way, outcome] = name.split(' ')
        this.inc({ kind: kind!, way: way!, outcome: outcome! }, count)
      }
    },
  })
  const queue = createGauge(registry)('contrail_bounce_reviews', 'Reports that wait for a decision.', 'max')
  collectTogether([queue], async () => {
    const count = await soon(countReviews(db)).catch(() => undefined)
    if (count !== undefined) queue.set(count)
  })
}

function addSpool(registry: Registry, { tracking, now, log }: App): void {
  const gauge = createGauge(registry)
  const setAside = gauge('contrail_spool_set_aside_hits', 'Hits in the spool that the store refuses.', 'max')
  const oldest = gauge(
    'contrail_spool_oldest_seconds',
    'Age of the oldest hit that waits in the spool; 0: none.',
    'max',
  )
  const bytes = gauge('contrail_spool_bytes', 'Size of the spool.', 'max')
  const waiting = gauge('contrail_spool_hits', 'Hits that wait in the spool.', 'max')
  collectTogether([waiting, setAside, oldest, bytes], async () => {
    const state = await soon(tracking.spool.examine()).catch((error: unknown) => {
      log.warn({ err: error }, 'the spool tells nothing about itself')
    })
    if (!state) return
    waiting.set(state.hits)
    setAside.set(state.setAside)
    oldest.set(ageInSeconds(state.oldestAt, now()))
    bytes.set(state.bytes)
  })
}

function addJobs(registry: Registry, { db, now }: App): void {
  const gauge = createGauge(registry)
  const isUp = gauge('contrail_store_up', '1: the store answers; 0: it does not.', 'min')
  const jobs = gauge('contrail_jobs', 'Jobs that are not over, by state.', 'max', ['state'])
  const oldest = gauge('contrail_job_oldest_due_seconds', 'How long the oldest job has been due; 0: none is.', 'max')
  collectTogether([isUp, jobs, oldest], async () => {
    const counted = await soon(countJobs(db, now())).catch(() => undefined)
    isUp.set(counted ? 1 : 0)
    if (!counted) return
    jobs.set({ state: 'due' }, counted.due)
    jobs.set({ state: 'running' }, counted.running)
    jobs.set({ state: 'later' }, counted.later)
    oldest.set(ageInSeconds(counted.oldestDueAt, now()))
  })
}

function addOutbox(registry: Registry, { db }: App): void {
  const runs = createGauge(registry)('contrail_campaigns', 'Campaigns that are going out, by state.', 'max', ['state'])
  collectTogether([runs], async () => {
    const counted = await soon(countRuns(db)).catch(() => undefined)
    for (const [state, count] of Object.entries(counted ?? {})) runs.set({ state }, count)
  })
}

function addWebhooks(registry: Registry, { db, now, counts }: App): void {
  const gauge = createGauge(registry)
  const webhooks = gauge('contrail_webhooks', 'Webhooks, by state; those that fail are active too.', 'max', ['state'])
  const waiting = gauge('contrail_webhook_waiting_events', 'Deliveries that failed and are tried again.', 'max')
  const lag = gauge(
    'contrail_webhook_lag_seconds',
    'How long ago the oldest event was recorded that an active webhook was not tried with yet; 0: there is none.',
    'max',
  )
  collectTogether([webhooks, waiting, lag], async () => {
    const told = await soon(watchWebhooks(db)).catch(() => undefined)
    if (!told) return
    for (const state of ['active', 'failing', 'disabled'] as const) webhooks.set({ state }, told[state])
    waiting.set(told.waiting)
    lag.set(ageInSeconds(told.oldestUntriedAt, now()))
  })
  new Counter({
    name: 'contrail_webhooks_disabled_total',
    help: 'Webhooks that were disabled because they accepted nothing any more.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(counts.deliveries.disabled)
    },
  })
}

function addInbox(registry: Registry, { db, now }: App): void {
  const gauge = createGauge(registry)
  const waiting = gauge('contrail_inbox_waiting', 'Requests of providers that wait to be read.', 'max')
  const oldest = gauge('contrail_inbox_oldest_seconds', 'How long the oldest of them has waited; 0: none does.', 'max')
  collectTogether([waiting, oldest], async () => {
    const told = await soon(watchInbox(db)).catch(() => undefined)
    if (!told) return
    waiting.set(told.waiting)
    oldest.set(ageInSeconds(told.oldestAt, now()))
  })
}

function addConnections(registry: Registry, { connections }: App): void {
  if (!connections()) return
  const gauge = createGauge(registry)
  const pool = gauge(
    'contrail_database_connections',
    'Connections to PostgreSQL, and requests that wait for one.',
    'sum',
    ['state'],
  )
  collectTogether([pool], () => {
    const { busy, idle, waiting } = connections()!
    pool.set({ state: 'busy' }, busy)
    pool.set({ state: 'idle' }, idle)
    pool.set({ state: 'waiting' }, waiting)
    return Promise.resolve()
  })
}

type Aggregator = 'sum' | 'max' | 'min'

function createGauge(registry: Registry) {
  return (name: string, help: string, aggregator: Aggregator, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, aggregator, labelNames, registers: [registry] })
}

// What is read in one go is read once for all of them, however many ask for it in one turn.
function collectTogether(gauges: readonly Gauge[], read: () => Promise<void>): void {
  let reading: Promise<void> | undefined
  const collect = (): Promise<void> => (reading ??= read().finally(() => (reading = undefined)))
  for (const gauge of gauges) Object.assign(gauge, { collect })
}

function ageInSeconds(at: number | undefined, now: number): number {
  return at === undefined ? 0 : Math.max(0, now - at) / 1000
}

async function soon<T>(value: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('it took too long')), patience)
  try {
    return await Promise.race([value, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
