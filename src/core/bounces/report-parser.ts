// Where mail is read: in this thread, or in one of its own, so that a mail which is made to take long keeps nobody else
// waiting. The other thread is report-thread.ts, started by app.ts.

import { parseReport } from '../../mail/bounces/parse-report.ts'
import type { Report } from '../../mail/bounces/report.ts'

export interface ReportParser extends AsyncDisposable {
  /** What the mail says; `unreadable` when it takes longer to say than any report may. */
  parse(raw: Uint8Array): Promise<Report>
}

export const parseHere: ReportParser = {
  parse: parseReport,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

/** The part of a Worker that is used. */
export interface ReportThread {
  postMessage(raw: Uint8Array): void
  on(event: 'message', listen: (report: Report) => void): unknown
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'exit', listen: (code: number) => void): unknown
  unref(): void
  terminate(): Promise<unknown>
}

/** The largest mails that are made to be slow take two seconds. In ms. */
const usualPatience = 20_000

/** One mail at a time; a thread that has ended, or had to be, is begun anew. */
export function parseInThread(start: () => ReportThread, patience = usualPatience): ReportParser {
  let thread: ReportThread | undefined
  let last: Promise<unknown> = Promise.resolve()
  let settle: ((report: Report) => void) | undefined
  const give = (report: Report): void => {
    settle?.(report)
    settle = undefined
  }
  const end = (ended: ReportThread): void => {
    if (thread !== ended) return
    thread = undefined
    give(unreadable)
  }
  const begin = (): ReportThread => {
    const begun = start()
    begun.on('message', give)
    begun.on('error', () => end(begun))
    begun.on('exit', () => end(begun))
    begun.unref()
    return begun
  }
  const parseNext = (raw: Uint8Array): Promise<Report> =>
    new Promise((resolve) => {
      const late = setTimeout(() => void thread?.terminate(), patience)
      settle = (report) => {
        clearTimeout(late)
        resolve(report)
      }
      thread ??= begin()
      thread.postMessage(raw)
    })
  return {
    parse: (raw) => {
      const parsed = last.then(() => parseNext(raw))
      last = parsed
      return parsed
    },
    [Symbol.asyncDispose]: async () => {
      await last
      await thread?.terminate()
    },
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
