// What a benchmark hands back, and how it is shown: a table on the terminal, the same in bench/results.md.

import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { DatabaseSync } from 'node:sqlite'

export interface Section {
  title: string
  /** What is measured against what, in a few sentences. */
  notes: readonly string[]
  head: readonly string[]
  rows: readonly (readonly string[])[]
  /** One sentence an aim. */
  verdicts: readonly string[]
}

/** `met: the share of ... is 0.71, aim 0.60 or more`. */
export function judge(what: string, value: number, aim: { atLeast: number } | { atMost: number }): string {
  const isMet = 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost
  const bound = 'atLeast' in aim ? `${aim.atLeast} or more` : `${aim.atMost} or less`
  return `${isMet ? 'Met' : 'NOT met'}: ${what} is ${value.toFixed(2)}; the aim is ${bound}.`
}

export function describeMachine(flags: string): string[] {
  const cpu = cpus()
  const database = new DatabaseSync(':memory:')
  const { version } = database.prepare('select sqlite_version() as version').get() as { version: string }
  database.close()
  return [
    `Date: ${new Date().toISOString().slice(0, 16)} UTC`,
    `CPU: ${cpu.length} x ${cpu[0]?.model.trim() ?? 'unknown'}`,
    `Node ${process.versions.node}, SQLite ${version}`,
    `Commit: ${readCommit()}`,
    `Flags: ${flags}`,
  ]
}

function readCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', '../src') ? ' with changes in src' : '')
    )
  } catch {
    return 'unknown'
  }
}

export function renderText(section: Section): string {
  const widths = section.head.map((head, i) => Math.max(head.length, ...section.rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  const rule = widths.map((width) => '-'.repeat(width))
  return [
    `\n${section.title}`,
    ...section.notes.map((note) => `  ${note}`),
    ...[section.head, rule, ...section.rows].map(line),
    ...section.verdicts,
  ].join('\n')
}

export function renderMarkdown(machine: readonly string[], sections: readonly Section[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const parts = sections.map((section) =>
    [
      `## ${section.title}`,
      section.notes.join('\n'),
      [line(section.head), line(section.head.map((_, i) => (i === 0 ? '---' : '--:'))), ...section.rows.map(line)].join(
        '\n',
      ),
      section.verdicts.map((verdict) => `- ${verdict}`).join('\n'),
    ].join('\n\n'),
  )
  const intro = `# Benchmark results\n\nWritten by \`npm run bench\`. Every figure stands beside its physical reference from the same run;\nread the ratios, the absolute values belong to the machine.\n\n${machine.map((fact) => `- ${fact}`).join('\n')}`
  return [intro, ...parts].join('\n\n') + '\n'
}
