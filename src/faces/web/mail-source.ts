// What a mail is written in: HTML, or MJML that becomes HTML when it is saved. Used by the editor and its preview.

import { compileSource, maxMjmlLength } from '../../core/campaigns/compile-source.ts'
import type { CompiledSource } from '../../core/campaigns/compile-source.ts'
import type { CampaignContent } from '../../core/campaigns/campaign.ts'
import { InvalidInputError } from '../../errors.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { formatCount } from './numbers.ts'
import type { Member } from './visit.ts'

const sourceNames = ['html', 'mjml'] as const
type SourceName = (typeof sourceNames)[number]

/** Throws InvalidInputError with the lines that are at fault. */
export function compileOnline({ app, words }: Member, mjml: string): Promise<CompiledSource> {
  if (mjml.length > maxMjmlLength) throw new InvalidInputError(words.campaigns.mjmlTooLong(formatCount(maxMjmlLength)))
  return compileSource(mjml, app.mjml)
}

/** What an MJML mail begins with. */
const starter = `<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text font-size="20px">Hello</mj-text>
        <mj-text>Write your mail here. <a href="https://example.com/">Links</a> will be tracked.</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`

export function sourceFields({ words }: Member, { html: source, mjml }: CampaignContent, current: SourceName): Html {
  const w = words.campaigns
  return html`<fieldset class="line">
      <legend>${w.writtenIn}</legend>
      ${sourceNames.map(
        (name) =>
          html`<label class="choice"
            ><input type="radio" name="source" value="${name}" ${name === current ? 'checked' : ''} /><span
              >${w.sources[name]}</span
            ></label
          >`,
      )}
    </fieldset>
    <div class="field" data-source="html">
      <label for="html">${w.html}</label>
      <textarea id="html" name="html" class="code" spellcheck="false" rows="22">${source ?? ''}</textarea>
    </div>
    <div class="field" data-source="mjml">
      <label for="mjml">${w.mjml}</label>
      <textarea id="mjml" name="mjml" class="code" spellcheck="false" rows="22" aria-describedby="mjml-hint">
${mjml || starter}</textarea>
      <p class="hint" id="mjml-hint">${w.mjmlHint}</p>
    </div>`
}
