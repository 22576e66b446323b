// The import end to end: `contrail import` of an NDJSON file into a fresh data folder, its speed and its peak memory.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { campaignIdAt, emailOf, generateEvents, shapeOf, take } from './generate.ts'
import type { GeneratedEvent, Shape } from './generate.ts'
import { formatCount, formatRatio, formatSize, median, medianRatio } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { createStore } from './store.ts'

const growth = 4
const program = join(import.meta.dirname, '../bin/contrail')

interface Run {
  linesPerSecond: number
  peakBytes: number
}

export async function benchImport(folder: string, size: number): Promise<Section> {
  const rows: string[][] = []
  const figures: { ours: Run[]; bare: Run[] }[] = []
  // The small one runs twice, because it is short.
  for (const [events, rounds] of [
    [size, 2],
    [growth * size, 1],
  ] as const) {
    const figure: { ours: Run[]; bare: Run[] } = { ours: [], bare: [] }
    const shape = shapeOf(events)
    const file = join(folder, `import-${events}.ndjson`)
    const lines = await writeFile(file, shape)
    for (let round = 0; round < rounds; round++) {
      figure.ours.push(await runOurs(folder, file, `${events}-${round}`, lines))
      figure.bare.push(await runBare(folder, file, `${events}-${round}`, shape))
    }
    figures.push(figure)
    const rates = [figure.ours, figure.bare].map((runs) => runs.map((run) => run.linesPerSecond))
    const peaks = [figure.ours, figure.bare].map((runs) => runs.map((run) => run.peakBytes / 2 ** 20))
    rows.push([
      `${formatSize(events)} events`,
      ...rates.map((rate) => formatCount(median(rate))),
      formatRatio(medianRatio(rates[0]!, rates[1]!)),
      ...peaks.map((peak) => formatCount(median(peak))),
    ])
  }
  const growthOf = (side: 'ours' | 'bare'): number => {
    const [small, large] = figures.map((figure) => median(figure[side].map((run) => run.peakBytes)))
    return large! / small!
  }
  return {
    title: 'Import of NDJSON, end to end',
    notes: [
      'contrail import as a process, contacts, campaigns and events of one file into a new store; start and stop included.',
      'Reference: a process that does JSON.parse and the bare insert of the event lines, in the same sorted windows.',
      'Both have a page cache of up to 64 MB, which fills while the store grows; memory is flat beside that.',
    ],
    head: ['file', 'lines/s', 'bare lines/s', 'ratio', 'peak MB', 'bare peak MB'],
    rows,
    verdicts: [
      judge(
        `growth of peak memory for ${growth} times the file (${formatRatio(growthOf('ours'))}), over that of the bare import,`,
        growthOf('ours') / growthOf('bare'),
        { atMost: 1.2 },
      ),
    ],
  }
}

async function writeFile(path: string, shape: Shape): Promise<number> {
  let count = 0
  function* lines(): Generator<string> {
    for (let i = 0; i < shape.campaigns; i++)
      yield toLine({
        type: 'campaign',
        id: campaignIdAt(i),
        name: `Newsletter number ${i + 1}`,
        date: '2016-01-01T00:00:00Z',
      })
    for (let id = 1; id <= shape.contacts; id++) yield toLine({ type: 'contact', id, email: emailOf(id) })
    const events = generateEvents(shape)
    for (let done = 0; done < shape.events; done += 1000)
      yield take(events, Math.min(1000, shape.events - done))
        .map(eventLine)
        .join('')
  }
  function toLine(fields: object): string {
    count++
    return JSON.stringify(fields) + '\n'
  }
  function eventLine({ kind, contactId, campaignId, at, url, code, message }: GeneratedEvent): string {
    return toLine({
      type: 'event',
      kind,
      email: emailOf(contactId),
      campaign: campaignId,
      at: new Date(at).toISOString(),
      url,
      code,
      message,
    })
  }
  await pipeline(Readable.from(lines()), createWriteStream(path))
  return count
}

async function runOurs(folder: string, file: string, name: string, lines: number): Promise<Run> {
  const data = join(folder, `import-${name}`)
  await run([program, 'account', 'create', 'joesflowers', '--data', data])
  const { seconds, peakBytes } = await run([program, 'import', file, '--data', data])
  return { linesPerSecond: lines / seconds, peakBytes }
}

async function runBare(folder: string, file: string, name: string, shape: Shape): Promise<Run> {
  const store = await createStore(join(folder, `import-bare-${name}`), shape)
  const { seconds, peakBytes } = await run([join(import.meta.dirname, 'import-bare.ts'), file, store])
  return { linesPerSecond: shape.events / seconds, peakBytes }
}

async function run(args: string[]): Promise<{ seconds: number; peakBytes: number }> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit') as Promise<[number | null]>
  let peakBytes = 0
  const poll = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid!))), 20)
  const [code] = await ended
  clearInterval(poll)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - startedAt) / 1000, peakBytes }
}

/** The most memory the process ever had, as the kernel notes it; 0 where there is no /proc. */
function peakOf(pid: number): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
