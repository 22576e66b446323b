// What speaks against sending a draft as it is, in words. Used by campaign-editor.ts.

import type { CampaignContent } from '../../core/campaigns/campaign.ts'
import { checkDraft } from '../../core/campaigns/check-draft.ts'
import type { Finding } from '../../core/campaigns/check-draft.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { formatBytes } from './numbers.ts'
import type { Member } from './visit.ts'
import type { Words } from './words/words.ts'

interface Checked {
  content: CampaignContent
  listIds: readonly number[]
}

export function checkList({ words }: Member, { content, listIds }: Checked): Html {
  const w = words.campaigns
  const { findings, trackedLinks } = checkDraft(content, listIds)
  return html`<section class="card">
    <h2>${w.checks}</h2>
    <ul class="checks">
      ${findings.map((finding) => html`<li class="warn">${icon('warning')}<span>${textOf(words, finding)}</span></li>`)}
      ${findings.length === 0 ? html`<li class="good">${icon('done')}<span>${w.checksFine}</span></li>` : nothing}
      <li>${icon('link')}<span>${w.checkTexts.links(trackedLinks)}</span></li>
    </ul>
  </section>`
}

function textOf({ campaigns: { checkTexts, warnings } }: Words, finding: Finding): string {
  switch (finding.code) {
    case 'fault':
      return checkTexts.fault(finding.fault)
    case 'size':
      return checkTexts.size(formatBytes(finding.bytes))
    case 'link':
      return [finding.url, warnings[finding.fault]].filter(Boolean).join(': ')
    case 'no-subject':
    case 'no-sender':
    case 'no-html':
    case 'no-lists':
    case 'no-address':
      return checkTexts[finding.code]
  }
}
