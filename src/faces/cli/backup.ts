// `contrail backup` and `contrail restore`: the embedded database as one file, and back (docs/moving-house.md).

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { libraryPath, storeName } from '../../config.ts'
import type { Config } from '../../config.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { settingsOf, withSettings } from './options.ts'
import { ProgressLine } from './progress-line.ts'

type Options = Readonly<Record<string, unknown>>

export function addBackup(program: Command, context: CliContext): void {
  withSettings(program.command('backup <file>').summary('write the embedded database into one file'), ['dataDir'])
    .description('Writes the embedded database as it is now into one file, while the server goes on.')
    .option('--force', 'replace the file if it exists')
    .option('--json', 'JSON on standard output')
    .action((file: string, options: Options) => backup(context, file, options))
}

export function addRestore(program: Command, context: CliContext): void {
  withSettings(program.command('restore <file>').summary('put a backup into an empty data folder'), ['dataDir'])
    .description('Looks at all of a backup and makes it the database of a data folder that has none yet.')
    .option('--json', 'JSON on standard output')
    .action((file: string, options: Options) => restore(context, file, options))
}

async function backup(context: CliContext, given: string, options: Options): Promise<void> {
  const config = context.readConfig(settingsOf(options))
  if (config.databaseUrl !== undefined) throw new InvalidInputError(adviceFor(config, given))
  const file = resolve(given)
  const isJson = options['json'] === true
  const line = new ProgressLine(context.stderr, 'backup', 'pages', isJson)
  const show = ({ done, size }: { done: number; size: number }): void => line.show({ count: done, done, size })
  const bytes = await context
    .backUp(config, file, { mayReplace: options['force'] === true, onProgress: show })
    .finally(() => line.end())
  const library = libraryPath(config)
  if (isJson) return await print(context, JSON.stringify({ file, bytes, library }))
  await print(context, `${file}: ${(bytes / 2 ** 20).toFixed(1)} MB`)
  await print(context, `The images of the library are files in ${library}: back that folder up after this one.`)
}

async function restore(context: CliContext, given: string, options: Options): Promise<void> {
  const config = context.readConfig(settingsOf(options))
  if (config.databaseUrl !== undefined)
    throw new InvalidInputError(
      'a backup is restored into a data folder (--data) and not into PostgreSQL: leave --database and CONTRAIL_DATABASE_URL out, then use "contrail copy"',
    )
  await context.restore(config, resolve(given))
  const library = libraryPath(config)
  if (options['json'] === true) return await print(context, JSON.stringify({ folder: config.dataDir, library }))
  await print(context, `Restored into ${config.dataDir}: every page and reference is sound`)
  await print(
    context,
    `The images of the library belong into ${library}; "contrail doctor" says whether any is missing.`,
  )
}

function adviceFor(config: Config, file: string): string {
  const url = new URL(config.databaseUrl!)
  url.password = ''
  url.searchParams.delete('password')
  return `${storeName(config)} is backed up by its own tools: pg_dump --format=custom --file=${file} "${url.href}"; for large ones pg_basebackup with an archive of the write-ahead log, which restores any moment`
}
