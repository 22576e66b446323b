// `contrail copy`: moves house, from one engine or folder to another (docs/moving-house.md).

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { libraryPath, storeName } from '../../config.ts'
import type { Config } from '../../config.ts'
import { listAccounts } from '../../core/accounts/account.ts'
import { compareStores } from '../../core/copy/compare-stores.ts'
import type { Comparison } from '../../core/copy/compare-stores.ts'
import { copyStore } from '../../core/copy/copy-store.ts'
import { copyBytes } from '../../core/library/copy-bytes.ts'
import { examineLibrary } from '../../core/library/sweep.ts'
import type { Store } from '../../db/db.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatCount, renderTable } from './format.ts'
import { settingsOf, withSettings } from './options.ts'
import { ProgressLine } from './progress-line.ts'

interface CopyCommandOptions extends Record<string, unknown> {
  from: string
  to: string
  verifyOnly?: boolean
  json?: boolean
}

interface Move {
  context: CliContext
  options: CopyCommandOptions
  source: Store
  target: Store
  from: Config
  to: Config
}

export function addCopy(program: Command, context: CliContext): void {
  withSettings(program.command('copy').summary('move everything to another engine or folder, and verify it'), [
    'dataDir',
  ])
    .description(
      'Copies everything from one store into an empty one, then compares both, row by row. Stop the server first.\nA copy that was cut off goes on where it stopped; repeating a finished one only compares. Exits with 1 if anything differs.',
    )
    .requiredOption('--from <store>', 'sqlite:FOLDER, or the URL of a PostgreSQL database')
    .requiredOption('--to <store>', 'the same')
    .option('--verify-only', 'copy nothing, compare')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nBeside a PostgreSQL database, the images of the library lie in the folder of --data.\n\nExamples:\n  contrail copy --from sqlite:./data --to postgresql://contrail:secret@db.example.com/contrail\n  contrail copy --from postgresql://db.example.com/contrail --to sqlite:./new',
    )
    .action((options: CopyCommandOptions) => run(context, options))
}

async function run(context: CliContext, options: CopyCommandOptions): Promise<void> {
  const [from, to] = [configOf(context, options, 'from'), configOf(context, options, 'to')]
  if (from.databaseUrl === to.databaseUrl && (from.databaseUrl !== undefined || from.dataDir === to.dataDir))
    throw new InvalidInputError('--from and --to are the same store', 'to')
  await using source = await context.openStore(from, false)
  await using target = await context.openStore(to, options.verifyOnly !== true)
  const move: Move = { context, options, source, target, from, to }
  if (!options.verifyOnly) await copyRows(move)
  const differing = await verify(move)
  const isLibraryWhole = await moveLibrary(move)
  if (differing.length > 0)
    context.stderr.write(
      `The stores differ in ${differing.join(', ')}: was one of them written to meanwhile? Then empty the target and copy again.\n`,
    )
  if (differing.length > 0 || !isLibraryWhole) context.exitCode = 1
}

function configOf(context: CliContext, options: CopyCommandOptions, side: 'from' | 'to'): Config {
  const settings = settingsOf(options)
  const [, folder] = /^sqlite:(.+)$/s.exec(options[side]) ?? []
  if (folder !== undefined) return context.readConfig({ ...settings, databaseUrl: '', dataDir: resolve(folder) })
  if (/^postgres(ql)?:/.test(options[side])) return context.readConfig({ ...settings, databaseUrl: options[side] })
  throw new InvalidInputError(`--${side} takes sqlite:FOLDER or a postgresql:// URL`, side)
}

async function copyRows({ context, options, source, target, from, to }: Move): Promise<void> {
  const line = new ProgressLine(context.stderr, 'copy', 'rows copied', options.json === true)
  try {
    const copied = await copyStore(source, target, {
      onResume: (table) => line.say(`Going on with an earlier copy, in ${table}`),
      onProgress: ({ copied: count, done, size }) => line.show({ count, done, size }),
    })
    line.end()
    if (!options.json)
      await print(context, `${formatCount(copied)} rows copied from ${storeName(from)} to ${storeName(to)}`)
  } finally {
    line.end()
  }
}

/** Names of the tables that differ. */
async function verify({ context, options, source, target }: Move): Promise<string[]> {
  const line = new ProgressLine(context.stderr, 'compare', 'rows compared', options.json === true)
  const names = new Map<number | null, string>()
  for (const { accountId, username } of [...(await listAccounts(target)), ...(await listAccounts(source))])
    names.set(accountId, username)
  const [differing, nuls, rows] = [new Set<string>(), new Map<string, number>(), [] as string[][]]
  let compared = 0
  const comparisons = compareStores(source, target, {
    onProgress: ({ rows: more }) => line.show({ count: (compared += more), done: compared, size: undefined }),
    onReplacedNul: (table) => nuls.set(table, (nuls.get(table) ?? 0) + 1),
  })
  for await (const comparison of comparisons) {
    line.end()
    const { table, accountId, isEqual } = comparison
    if (!isEqual) differing.add(table)
    const account = names.get(accountId) ?? (accountId === null ? '' : String(accountId))
    if (options.json) await print(context, JSON.stringify({ ...comparison, account: account || null }))
    else rows.push(describe(comparison, account))
  }
  line.end()
  if (!options.json)
    for (const text of renderTable(['ACCOUNT', 'TABLE', 'SOURCE', 'TARGET', 'CHECKSUM', ''], rows))
      await print(context, text)
  for (const [table, count] of nuls)
    line.say(`${table}: ${formatCount(count)} texts hold NUL, which PostgreSQL does not take; it is U+FFFD there`)
  return [...differing]
}

function describe({ table, source, target, isEqual }: Comparison, account: string): string[] {
  const [ours, theirs] = [source.checksum.slice(0, 12), target.checksum.slice(0, 12)]
  const checksum = isEqual ? ours : `${ours} ${theirs}`
  return [account, table, formatCount(source.rows), formatCount(target.rows), checksum, isEqual ? 'same' : 'DIFFERS']
}

/** The images' bytes, which lie beside the database; false when some are not where the target looks for them. */
async function moveLibrary({ context, options, target, from, to }: Move): Promise<boolean> {
  const [source, place] = [libraryPath(from), libraryPath(to)]
  let copied = 0
  if (source !== place && !options.verifyOnly)
    for (const { accountId } of await listAccounts(target)) copied += await copyBytes(target, accountId, source, place)
  const { images, damaged } = await examineLibrary(target, place)
  if (options.json) await print(context, JSON.stringify({ library: place, images, copied, damaged }))
  else if (images > 0)
    await print(context, `${formatCount(images)} images in ${place}, ${formatCount(copied)} of them copied just now`)
  if (damaged > 0)
    context.stderr.write(
      `The bytes of ${formatCount(damaged)} images are not in ${place}: copy them there from the old server's folder.\n`,
    )
  return damaged === 0
}
