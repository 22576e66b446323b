// `contrail import`: contacts, campaigns and events from files (docs/import.md).

import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { importFile } from '../../core/imports/import-file.ts'
import type { ImportResult } from '../../core/imports/import-file.ts'
import { lineTypes } from '../../core/imports/progress.ts'
import type { ImportCounts, TypeCounts } from '../../core/imports/progress.ts'
import { InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatCount, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { ProgressLine } from './progress-line.ts'
import { withAccountApp } from './with-app.ts'

interface ImportCommandOptions extends AccountOptions {
  format?: 'csv' | 'ndjson'
  map?: string[]
  rejects?: string
  dryRun?: boolean
  strict?: boolean
}

export function addImport(program: Command, context: CliContext): void {
  withAccount(program.command('import <file...>').summary('take in contacts, campaigns and events'))
    .description(
      'Takes in contacts as CSV, and contacts, lists, campaigns and events as NDJSON; gzip too; "-" is standard input.\nRepeating an import changes nothing, and one that was cut off goes on where it stopped. Exits with 1 if a line was rejected.',
    )
    .addOption(
      new Option('--format <format>', 'what the files are; told by their first character if left out').choices([
        'csv',
        'ndjson',
      ]),
    )
    .option(
      '--map <column=field>',
      'CSV: which field a column is; repeatable',
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .option('--rejects <file>', 'where lines that could not be taken are written (default: FILE.rejects.ndjson)')
    .option('--dry-run', 'judge every line, store nothing')
    .option('--strict', 'stop at the first line that is rejected')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail import contacts.csv\n  contrail import contacts.csv --map "Kontakt=email" --dry-run\n  contrail import history.ndjson.gz --account joesflowers\n  zcat big.gz | contrail import -',
    )
    .action((files: string[], options: ImportCommandOptions) => run(context, files, options))
}

async function run(context: CliContext, files: readonly string[], options: ImportCommandOptions): Promise<void> {
  if (options.rejects !== undefined && files.length > 1)
    throw new InvalidInputError('--rejects takes one file at a time', 'rejects')
  if (files.filter((file) => file === '-').length > 1)
    throw new InvalidInputError('standard input can be read once', 'file')
  let isClean = true
  await withAccountApp(
    context,
    options,
    async (app, { accountId }) => {
      for (const file of files) {
        const progress = new ProgressLine(context.stderr, file, 'lines', options.json === true)
        const result = await importFile(app.db, accountId, {
          file,
          stdin: context.stdin,
          format: options.format,
          map: parseMap(options.map ?? []),
          rejectsPath: options.rejects ?? defaultRejectsPath(file),
          isDryRun: options.dryRun,
          isStrict: options.strict,
          now: app.now,
          onIgnoredColumns: (columns) =>
            progress.say(`${file}: left out, being no field of a contact: ${columns.join(', ')}`),
          onResume: (line) => progress.say(`${file}: going on behind line ${formatCount(line)}`),
          onWait: (reason) => progress.say(`${file}: waiting, because ${reason}`),
          onProgress: ({ line, bytesRead, size }) => progress.show({ count: line, done: bytesRead, size }),
        })
        progress.end()
        isClean = isClean && total(result.counts).rejected === 0
        for (const line of report(file, result, options)) await print(context, line)
        if (result.isStopped) break
      }
    },
    'bulk',
  )
  if (!isClean) context.exitCode = 1
}

function defaultRejectsPath(file: string): string {
  return file === '-' ? resolve('import.rejects.ndjson') : `${file}.rejects.ndjson`
}

function parseMap(pairs: readonly string[]): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      const equals = pair.lastIndexOf('=')
      if (equals < 1) throw new InvalidInputError(`--map takes "column=field", not "${pair}"`, 'map')
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

function report(file: string, result: ImportResult, options: ImportCommandOptions): string[] {
  const sum = total(result.counts)
  const rejects = sum.rejected > 0 ? result.rejectsPath : undefined
  if (options.json) {
    return [
      JSON.stringify({
        file,
        dryRun: options.dryRun === true,
        stopped: result.isStopped,
        ...toJson(sum),
        types: byType(result.counts),
        rejects: rejects ?? null,
      }),
    ]
  }
  const rows = lineTypes
    .filter((type) => result.counts[type].read > 0)
    .map((type) => [type, ...numbers(result.counts[type])])
  const table = renderTable(
    ['', 'READ', 'NEW', 'UPDATED', 'ALREADY THERE', 'REJECTED'],
    [...rows, ['total', ...numbers(sum)]],
  )
  const notes = [
    ...(options.dryRun ? ['A dry run: nothing was stored.'] : []),
    ...(result.isStopped ? ['Stopped at the first rejected line, as --strict asks.'] : []),
    ...(rejects === undefined ? [] : [`What was rejected, and why: ${rejects}`]),
  ]
  return [file === '-' ? 'standard input' : basename(file), ...table, ...notes]
}

function total(counts: ImportCounts): TypeCounts {
  const sum = { read: 0, new: 0, updated: 0, same: 0, rejected: 0 }
  for (const type of lineTypes)
    for (const column of Object.keys(sum) as (keyof TypeCounts)[]) sum[column] += counts[type][column]
  return sum
}

function numbers({ read, new: added, updated, same, rejected }: TypeCounts): string[] {
  return [read, added, updated, same, rejected].map(formatCount)
}

function byType(counts: ImportCounts): object {
  return Object.fromEntries(lineTypes.map((type) => [type, toJson(counts[type])]))
}

function toJson({ same, ...counts }: TypeCounts): object {
  return { ...counts, alreadyThere: same }
}
