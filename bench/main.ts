// `npm run bench`: measures Contrail beside the physical references and prints a table each, also into
// bench/results.md. Flags: --events, --import, --walk, --erase, --freeze, --seconds, --only.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchActivity } from './activity.ts'
import { benchBytes } from './bytes.ts'
import { shapeInWords } from './generate.ts'
import { benchClicks } from './clicks.ts'
import { benchErase } from './erase.ts'
import { benchEngines } from './engines.ts'
import { benchHooks } from './hooks.ts'
import { benchHttp } from './http.ts'
import { benchImport } from './import.ts'
import { benchIngest } from './ingest.ts'
import { benchPage } from './page.ts'
import { benchRecord, recordedOnTop } from './record.ts'
import { describeMachine, renderMarkdown, renderText } from './report.ts'
import type { Section } from './report.ts'
import { benchRewrite } from './rewrite.ts'
import { buildStore } from './store.ts'
import type { Store } from './store.ts'
import { benchSend } from './send.ts'
import { benchWalk } from './walk.ts'
import { benchWeb } from './web.ts'

const names = [
  'http', 'page', 'record', 'import', 'ingest', 'bytes', 'activity', 'walk', 'rewrite', 'clicks', 'erase', 'hooks', 'engines', 'send', 'web',
] // oxfmt-ignore

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000,1000000' },
    import: { type: 'string', default: '100000' },
    walk: { type: 'string', default: '1000000' },
    erase: { type: 'string', default: '1000000' },
    freeze: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '1.5' },
    only: { type: 'string', default: names.join(',') },
    out: { type: 'string', default: join(import.meta.dirname, 'results.md') },
  },
})
const sizes = numbers('events', values.events).toSorted((a, b) => a - b)
const importSize = numbers('import', values.import)[0]!
const walkSize = numbers('walk', values.walk)[0]!
const eraseSize = numbers('erase', values.erase)[0]!
const freezeSize = numbers('freeze', values.freeze)[0]!
const seconds = numbers('seconds', values.seconds)[0]!
const only = values.only.split(',')
for (const name of only) if (!names.includes(name)) fail(`--only takes ${names.join(', ')}, not "${name}"`)

const flags = `--events ${values.events} --import ${values.import} --walk ${values.walk} --erase ${values.erase} --freeze ${values.freeze} --seconds ${values.seconds} --only ${values.only}`
const machine = [...describeMachine(flags), shapeInWords.join(' ')]
console.log(machine.join('\n'))
const folder = await mkdtemp(join(tmpdir(), 'contrail-bench-'))
try {
  const sections = await runAll(folder)
  await writeFile(values.out, renderMarkdown(machine, sections))
  console.log(`\nAlso in ${values.out}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function runAll(folder: string): Promise<Section[]> {
  const sections: Section[] = []
  const show = (section: Section): void => {
    sections.push(section)
    console.log(renderText(section))
  }
  if (only.includes('http')) for (const section of await benchHttp(folder, seconds)) show(section)
  if (only.includes('ingest')) show(await benchIngest(folder, importSize))
  if (only.includes('import')) show(await benchImport(folder, importSize))
  if (only.includes('activity')) show(await benchActivity(folder))
  if (only.includes('walk')) show(await benchWalk(folder, walkSize))
  if (only.includes('clicks')) show(await benchClicks(folder, seconds))
  if (only.includes('hooks')) show(await benchHooks(folder))
  if (only.includes('rewrite')) show(await benchRewrite())
  if (only.includes('erase')) show(await benchErase(folder, eraseSize))
  if (only.includes('send')) show(await benchSend(folder, freezeSize))
  if (only.includes('engines')) for (const section of await benchEngines(folder, sizes)) show(section)
  const stores: Store[] = []
  if (['page', 'record', 'bytes', 'web'].some((name) => only.includes(name)))
    for (const size of sizes) stores.push(await buildStore(folder, size, recordedOnTop))
  if (only.includes('page')) show(await benchPage(stores))
  if (only.includes('bytes')) show(await benchBytes(folder, stores))
  // Last, because they add to the stores.
  if (only.includes('record')) show(await benchRecord(folder, stores.at(-1)!))
  if (only.includes('web')) show(await benchWeb(stores))
  return sections
}

function numbers(flag: string, text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part)
    return value > 0 && Number.isFinite(value) ? value : fail(`--${flag} takes numbers above 0, not "${part}"`)
  })
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
