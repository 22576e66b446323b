// Files of bounce mail, one or many mails each, read without storing anything. Called by the command line.

import { InvalidInputError } from '../../errors.ts'
import { splitMbox } from '../../mail/bounces/mbox.ts'
import { parseReport } from '../../mail/bounces/parse-report.ts'
import type { ReportedRecipient, SendClues } from '../../mail/bounces/report.ts'

/** A mail, or a file of several (mbox), may not be larger. */
const maxReportFileBytes = 64 * 1024 * 1024

/** What a file says of one recipient, in the order in which it is printed; `mail` counts the mails of the file. */
export type ReportLine = ReportedRecipient & { mail: number } & SendClues

/** What the mails of a file say, in order: a line for each recipient, one at least for each mail. */
export async function* parseReports(file: Uint8Array): AsyncGenerator<ReportLine> {
  if (file.length > maxReportFileBytes) throw tooLarge()
  for (const [i, mail] of splitMbox(file).entries()) {
    const { recipients, clues } = await parseReport(mail)
    for (const { recipient, kind, letter, severity, status, ...more } of recipients)
      yield { recipient, kind, letter, severity, status, ...more, mail: i + 1, ...clues }
  }
}

/** Reads a stream to its end, or refuses it as soon as it is too large. */
export async function readReportFile(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > maxReportFileBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): InvalidInputError {
  return new InvalidInputError(`it is larger than ${maxReportFileBytes / 1024 / 1024} MiB`, 'file')
}
