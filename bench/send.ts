// A campaign into a local SMTP server that throws mail away, beside bare nodemailer with the same pool, key and mail.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeTextPart } from '../src/mail/text-part.ts'
import { startChild } from './child.ts'
import { formatCount, formatRatio, median, medianRatio } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'
import { html, poolSize } from './send-mail.ts'
import { createStore } from './store.ts'

const rounds = 3
const messages = 2000

interface Timed {
  seconds: number
}

/** `frozen`: recipients of the campaign that is only frozen. */
export async function benchSend(folder: string, frozen: number): Promise<Section> {
  const dataDir = join(folder, 'send')
  await mkdir(dataDir)
  await createStore(dataDir, { events: 0, contacts: 0, campaigns: 0 })
  await using sink = startChild('send-sink.ts')
  const { port } = await sink.ask<{ port: number }>({})
  await using ours = startChild('send-ours.ts', dataDir, String(port))
  await using bare = startChild('send-bare.ts')
  const { privateKey } = await ours.ask<{ privateKey: string }>({ kind: 'key' })
  const text = makeTextPart(html)
  const figures = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    await ours.ask({ kind: 'fill', count: messages })
    const own = messages / (await ours.ask<Timed>({ kind: 'send' })).seconds
    const theirs = messages / (await bare.ask<Timed>({ port, privateKey, count: messages, text })).seconds
    // The first is for warming up.
    if (round === 0) continue
    figures.ours.push(own)
    figures.bare.push(theirs)
  }
  const before = await ours.ask<{ rss: number }>({ kind: 'memory' })
  const { freezeSeconds } = await ours.ask<{ freezeSeconds: number }>({ kind: 'fill', count: frozen })
  const after = await ours.ask<{ rss: number }>({ kind: 'memory' })
  return toSection(figures, { frozen, freezeSeconds, grown: (after.rss - before.rss) / 2 ** 20 })
}

interface Frozen {
  frozen: number
  freezeSeconds: number
  /** MB of memory more afterwards. */
  grown: number
}

function toSection(
  { ours, bare }: { ours: number[]; bare: number[] },
  { frozen, freezeSeconds, grown }: Frozen,
): Section {
  const ratio = medianRatio(ours, bare)
  const perMillion = (freezeSeconds / frozen) * 1e6
  return {
    title: 'Sending',
    notes: [
      `${formatCount(messages)} messages of ${formatCount(html.length)} characters with a text part, into a server on loopback that throws them away, ${poolSize} connections, DKIM with RSA 2048.`,
      'Ours: claimed, rendered by Liquid, twelve links and the pixel rewritten, signed, in flight before and on the timeline after, all of it durable (SQLite).',
      'Reference: nodemailer with its own pool, the name put in by a replace, no links rewritten, nothing kept.',
    ],
    head: ['', 'messages/s'],
    rows: [
      ['ours', formatCount(median(ours))],
      ['bare nodemailer', formatCount(median(bare))],
      ['ratio', formatRatio(ratio)],
      [`freezing ${formatCount(frozen)} recipients`, `${formatCount(frozen / freezeSeconds)} recipients/s`],
      ['memory more after that', `${formatCount(grown)} MB`],
    ],
    verdicts: [
      judge('sending over bare nodemailer', ratio, { atLeast: 0.8 }),
      judge('seconds to freeze a million recipients, from this', perMillion, { atMost: 60 }),
    ],
  }
}
