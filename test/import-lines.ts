// Puts a history into a test store the way users do: as import lines. Used by most tests.

import { Readable } from 'node:stream'
import { join } from 'node:path'
import type { App } from '../src/app.ts'
import { importFile } from '../src/core/imports/import-file.ts'
import type { ImportResult } from '../src/core/imports/import-file.ts'
import type { TestApp } from './server.ts'

type Lines = readonly object[]

/** Imports the lines, and fails when one of them is rejected. */
export async function importLines(test: TestApp & { accountId: number }, lines: Lines): Promise<ImportResult> {
  const result = await importText(
    test.app,
    test.accountId,
    test.dataDir,
    lines.map((line) => JSON.stringify(line)).join('\n'),
  )
  const rejected = Object.values(result.counts).reduce((sum, counts) => sum + counts.rejected, 0)
  if (rejected > 0) throw new Error(`${rejected} lines were rejected; see ${result.rejectsPath}`)
  return result
}

export function importText(app: App, accountId: number, folder: string, text: string | Buffer): Promise<ImportResult> {
  const options = {
    file: '-',
    stdin: Readable.from([Buffer.from(text)]),
    rejectsPath: join(folder, 'rejects.ndjson'),
    now: app.now,
  }
  return importFile(app.db, accountId, options)
}
