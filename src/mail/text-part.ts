// The text part of a mail whose author wrote only HTML. Called once where a campaign is saved.

import { compile } from 'html-to-text'
import { hideTags } from './liquid-tags.ts'

const heading = { options: { uppercase: false } }

const convert = compile({
  wordwrap: 78,
  limits: { maxInputLength: 2_000_000, maxDepth: 500 },
  formatters: {
    // A picture is what it says to who can't see it.
    alt: (element, _walk, builder) => builder.addInline((element.attribs as Record<string, string>)['alt'] ?? ''),
  },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, noAnchorUrl: true } },
    { selector: 'img', format: 'alt' },
    // What mail programs show behind the subject, and nobody in the mail.
    { selector: '*[style*="display:none"]', format: 'skip' },
    { selector: '*[style*="display: none"]', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...heading })),
  ],
})

/** Liquid tags stay as they are, so that it is a template of its own. */
export function makeTextPart(html: string): string {
  const { hidden, reveal } = hideTags(html)
  const text = reveal(convert(hidden))
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
}
