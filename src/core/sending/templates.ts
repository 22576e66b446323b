// A campaign's templates, compiled once for all who get it. Used by whoever sends, previews and checks.

import { addPreheader } from '../../mail/preheader.ts'
import { compileTemplate, TemplateError } from '../../mail/template.ts'
import type { CompiledTemplate, TemplateUse } from '../../mail/template.ts'
import { makeTextPart } from '../../mail/text-part.ts'
import type { CampaignContent } from '../campaigns/campaign.ts'
import { dressHtml, dressText } from './dress-mail.ts'

export interface CampaignTemplates {
  subject: CompiledTemplate
  /** The HTML as it was compiled. */
  source: string
  html: CompiledTemplate
  text: CompiledTemplate
}

/** Throws TemplateError. */
export function compileCampaign(content: CampaignContent): CampaignTemplates {
  const html = makeHtml(content)
  return {
    subject: compileTemplate(content.subject ?? '', 'header'),
    source: html,
    html: compileTemplate(html, 'html'),
    text: compileTemplate(makeText(content), 'text'),
  }
}

/** As it goes out, but for the values of its contact. */
export function makeHtml(content: CampaignContent): string {
  const dressed = dressHtml(content)
  return content.preheader ? addPreheader(dressed, content.preheader) : dressed
}

/** The same of the text part, which is made of the HTML where there is none. */
export function makeText(content: CampaignContent): string {
  return content.text ? dressText(content) : makeTextPart(dressHtml(content))
}

const uses: readonly [field: 'subject' | 'preheader' | 'html' | 'text', element: string, use: TemplateUse][] = [
  ['subject', 'Subject', 'header'],
  ['preheader', 'Preheader', 'header'],
  ['html', 'EmailContent', 'html'],
  ['text', 'EmailTextContent', 'text'],
]

/** The first part that is no template, with the place in it; undefined when all are. */
export function findTemplateFault(content: CampaignContent): { field: string; message: string } | undefined {
  for (const [field, element, use] of uses) {
    try {
      compileTemplate(content[field] ?? '', use)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      const place = error.line === undefined ? '' : ` (line ${error.line}, column ${error.column ?? 1})`
      return { field: element, message: `${element}: ${error.message}${place}` }
    }
  }
  return undefined
}
