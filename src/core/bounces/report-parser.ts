// Where mail is read: in this thread, or in one of its own, so that a mail which is made to take long keeps nobody else
// waiting. The other thread is report-thread.ts, started by app.ts.

import { parseReport } from '../../mail/bounces/parse-report.ts'
import type { Report } from '../../mail/bounces/report.ts'
import { oneByOne } from '../threads/one-by-one.ts'
import type { Thread } from '../threads/one-by-one.ts'

export interface ReportParser extends AsyncDisposable {
  /** What the mail says; `unreadable` when it takes longer to say than any report may. */
  parse(raw: Uint8Array): Promise<Report>
}

export const parseHere: ReportParser = {
  parse: parseReport,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

export type ReportThread = Thread<Uint8Array, Report>

/** The largest mails that are made to be slow take two seconds. In ms. */
const usualPatience = 20_000

export function parseInThread(start: () => ReportThread, patience = usualPatience): ReportParser {
  const mails = oneByOne(start, patience)
  return {
    parse: async (raw) => (await mails.ask(raw)) ?? unreadable,
    [Symbol.asyncDispose]: () => mails[Symbol.asyncDispose](),
  }
}

/** Says nothing, and not even that. */
export const unreadable: Report = {
  recipients: [
    {
      recipient: null,
      originalRecipient: null,
      kind: 'none',
      letter: null,
      severity: null,
      status: null,
      replyCode: null,
      action: null,
      remoteMta: null,
      diagnostic: null,
    },
  ],
  clues: { deliveredTo: [], envelopeId: null, sendId: null, messageId: null, feedbackId: null, subject: null },
}
