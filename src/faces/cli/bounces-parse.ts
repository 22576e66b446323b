// `contrail bounces parse`: what bounce mail says, without storing anything (docs/bounces.md).

import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { parseReports, readReportFile } from '../../core/bounces/parse-reports.ts'
import type { ReportLine } from '../../core/bounces/parse-reports.ts'
import { ContrailError, InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { printable, renderTable } from './format.ts'

interface ParseOptions {
  json?: boolean
}

export function addParse(bounces: Command, context: CliContext): void {
  bounces
    .command('parse <file...>')
    .summary('read bounces, complaints and automatic replies: one line for each recipient')
    .description(
      'Reads mails (or mbox files of several; "-" is standard input) and prints what each says of each recipient.\nNeeds no account and stores nothing. Exits with 1 if a file could not be read.',
    )
    .option('--json', 'JSON on standard output, one object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail bounces parse bounce.eml\n  contrail bounces parse --json Maildir/new/*\n  contrail bounces parse - < bounce.eml',
    )
    .action((files: string[], options: ParseOptions) => parse(context, files, options.json === true))
}

async function parse(context: CliContext, files: readonly string[], isJson: boolean): Promise<void> {
  if (files.filter((file) => file === '-').length > 1)
    throw new InvalidInputError('standard input can be read once', 'file')
  const rows: string[][] = []
  for (const file of files) {
    try {
      const stream: AsyncIterable<Uint8Array> = file === '-' ? context.stdin : createReadStream(file)
      for await (const line of parseReports(await readReportFile(stream))) {
        if (isJson) await print(context, JSON.stringify({ file, ...line }))
        else rows.push(toRow(file, line))
      }
    } catch (error) {
      reportUnreadable(context, file, error, isJson)
    }
  }
  if (rows.length === 0) return
  const header = ['FILE', 'RECIPIENT', 'KIND', 'LETTER', 'SEVERITY', 'STATUS', 'WHAT THE SERVER SAID']
  for (const line of renderTable(header, rows, context.stdout.columns)) await print(context, line)
}

function toRow(file: string, line: ReportLine): string[] {
  const { recipient, kind, letter, severity, status, diagnostic } = line
  return [file, recipient ?? '-', kind, letter ?? '-', severity ?? '-', status ?? '-', diagnostic ?? '']
}

/** The other files are read all the same. */
function reportUnreadable(context: CliContext, file: string, error: unknown, isJson: boolean): void {
  const isExpected = error instanceof ContrailError || (error instanceof Error && 'syscall' in error)
  if (!isExpected) throw error
  const message = printable(`${file} was not read: ${error.message}`)
  context.stderr.write(
    isJson ? JSON.stringify({ error: { code: 'unreadable', message } }) + '\n' : `contrail: ${message}\n`,
  )
  context.exitCode = 1
}
