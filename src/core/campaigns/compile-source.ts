// MJML of a campaign to HTML, once, where it is saved. Used by the command line and by the web pages.

import { InvalidInputError } from '../../errors.ts'
import { compileMjml } from '../../mail/mjml.ts'

export interface CompiledSource {
  html: string
  /** What MJML knows nothing of, and leaves out. */
  warnings: string[]
}

/** Throws InvalidInputError with the lines that are at fault. */
export async function compileSource(mjml: string): Promise<CompiledSource> {
  const result = await compileMjml(mjml)
  if (result.html === undefined) throw new InvalidInputError(result.faults.map(toLine).join('; '), 'mjml')
  return { html: result.html, warnings: result.warnings.map(toLine) }
}

function toLine({ line, message }: { line?: number | undefined; message: string }): string {
  return line === undefined ? message : `line ${line}: ${message}`
}
