// MJML of a campaign to HTML, once, where it is saved, outside of any transaction: it takes a while. Used by the faces.

import { InvalidInputError } from '../../errors.ts'
import { maxMjmlLength } from '../../mail/mjml.ts'
import { templateLimits } from '../../mail/template.ts'
import type { CampaignContent } from './campaign.ts'
import type { MjmlCompiler } from './mjml-compiler.ts'
import { compileHere } from './mjml-compiler.ts'

export { maxMjmlLength }

export interface CompiledSource {
  html: string
  /** What MJML knows nothing of, and leaves out. */
  warnings: string[]
}

type Compiler = Pick<MjmlCompiler, 'compile'>

/** Throws InvalidInputError with the lines that are at fault. */
export async function compileSource(mjml: string, compiler: Compiler = compileHere): Promise<CompiledSource> {
  const result = await compiler.compile(mjml)
  if (result.html === undefined) throw new InvalidInputError(result.faults.map(toLine).join('; '), 'mjml')
  const { length } = result.html
  if (length > templateLimits.parse)
    throw new InvalidInputError(`the HTML it makes has ${length} characters, more than ${templateLimits.parse}`, 'mjml')
  return { html: result.html, warnings: result.warnings.map(toLine) }
}

/**
 * Where there is MJML, the HTML is made of it, whatever is there; HTML that comes alone takes the place of MJML from before.
 * Throws InvalidInputError as above.
 */
export async function compileContent(
  content: CampaignContent,
  compiler: Compiler = compileHere,
): Promise<{ content: CampaignContent; warnings: string[] }> {
  const { mjml, html } = content
  if (mjml) {
    const made = await compileSource(mjml, compiler)
    return { content: { ...content, html: made.html }, warnings: made.warnings }
  }
  const replaces = html !== undefined && mjml === undefined
  return { content: replaces ? { ...content, mjml: '' } : content, warnings: [] }
}

function toLine({ line, message }: { line?: number | undefined; message: string }): string {
  return line === undefined ? message : `line ${line}: ${message}`
}
