// A campaign's content with the HTML that its MJML makes. Called by the faces where a campaign is saved, outside of any
// transaction: it takes a while.

import { InvalidInputError } from '../../errors.ts'
import { compileMjml } from '../../mail/mjml.ts'
import { templateLimits } from '../../mail/template.ts'
import type { CampaignContent } from '../campaigns/campaign.ts'

interface CompiledContent {
  content: CampaignContent
  /** What the MJML has that the compiler knows nothing of. */
  warnings: { message: string; line?: number }[]
}

/**
 * Where there is MJML, the HTML is made of it, whatever is there; HTML that comes alone takes the place of MJML from before.
 * Throws InvalidInputError that says where the MJML is at fault.
 */
export async function compileMjmlContent(content: CampaignContent): Promise<CompiledContent> {
  const { mjml, html } = content
  if (!mjml) {
    const replaces = html !== undefined && mjml === undefined
    return { content: replaces ? { ...content, mjml: '' } : content, warnings: [] }
  }
  const result = await compileMjml(mjml)
  if (result.html === undefined) throw new InvalidInputError(result.faults.map(toText).join('; '), 'mjml')
  const { length } = result.html
  if (length > templateLimits.parse)
    throw new InvalidInputError(`the HTML it makes has ${length} characters, more than ${templateLimits.parse}`, 'mjml')
  const warnings = result.warnings.map(({ message, line }) => ({ message, ...(line !== undefined && { line }) }))
  return { content: { ...content, html: result.html }, warnings }
}

function toText({ line, message }: { message: string; line?: number }): string {
  return line === undefined ? message : `line ${line}: ${message}`
}
