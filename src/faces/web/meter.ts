// A share as a bar. Used by the pages that tell of shares.

import { html } from './html.ts'
import type { Html } from './html.ts'
import { formatShare } from './numbers.ts'

/** A share as a bar, said in words too. */
export function meter(part: number, of: number): Html {
  const width = of > 0 ? Math.round((part / of) * 1000) / 10 : 0
  return html`<span class="share"
    ><svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect width="${width}" height="8" /></svg
    ><span>${formatShare(part, of)}</span></span
  >`
}
