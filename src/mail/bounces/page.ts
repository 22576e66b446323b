// A mail with its notice and the message it returns told apart: what the readers of reports work on. Made by
// parse-report.ts.

import type { Field } from './fields.ts'
import { openMail } from './read-mail.ts'
import type { OpenedMail } from './read-mail.ts'
import { returnedHeader, splitNotice } from './returned-message.ts'

export interface Page {
  mail: OpenedMail
  /** The lines that the server wrote. */
  notice: string[]
  /** The lines that it quotes of the returned message. */
  returned: string[]
  /** The returned message's header. */
  header: Field[]
}

export async function openPage(raw: Uint8Array): Promise<Page> {
  const mail = await openMail(raw)
  const split = splitNotice(mail.lines)
  return { mail, ...split, header: returnedHeader(mail.returned, split.returned) }
}
