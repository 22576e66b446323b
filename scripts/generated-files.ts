// The files made from the code, as they should be: docs/config.md, docs/import.schema.json,
// openapi.json and parts of the SDK. Used by generate and check.

import { z } from 'zod'
import { optionTable } from '../src/config.ts'
import { importLine } from '../src/core/imports/line.ts'
import { sdkFiles } from './sdk-files.ts'
import { createOpenApi } from '../src/faces/json/openapi.ts'

/** Path and content of each. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const api = createOpenApi()
  return new Map([
    ...sdkFiles(api),
    ['docs/config.md', renderConfig()],
    ['docs/import.schema.json', renderImportSchema()],
    ['openapi.json', `${JSON.stringify(api, null, 2)}\n`],
  ])
}

function renderConfig(): string {
  const rows = Object.values(optionTable).map(
    ({ env, flag, value, default: fallback, meaning }) =>
      `| \`${env}\` | \`${flag} ${value}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${meaning} |`,
  )
  return `# Settings

Each setting is a flag of \`contrail serve\` (those of other commands are in their \`--help\`) and an environment
variable. The flag wins over the variable, the variable over the default. This page is made from \`src/config.ts\`.

| variable | flag | default | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

function renderImportSchema(): string {
  const schema = z.toJSONSchema(importLine, { io: 'input' })
  return JSON.stringify({ title: 'One line of a Contrail import', ...schema }, null, 2) + '\n'
}
