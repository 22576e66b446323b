// Puts something above a mail's own content. Used for mails that are forwarded.

import { scanHtml } from './scan-html.ts'
import { splice } from './splice.ts'

/** What a mail without a body tag may begin with that has to stay in front. */
const head = /^(?:\s+|<!--[^]*?-->|<!doctype[^>]*>|<html[^>]*>|<head[\s>][^]*?<\/head\s*>)*/i

/** As the first of the body; changes no other byte. */
export function insertAtTop(html: string, block: string): string {
  const at = scanHtml(html)?.bodyStart ?? head.exec(html)![0].length
  return splice(html, [{ start: at, end: at, text: block }])
}
