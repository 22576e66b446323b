// The steps of a session as promises. Used by smtp-session.ts and smtp-transaction.ts.

import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpError } from './smtp-answer.ts'

/** What one step of a session came to; the error also when the connection ended and nobody called back. */
export interface Ran<T> {
  error?: SmtpError
  result?: T
}

/** One step of nodemailer's connection as a promise that always settles. */
export function run<T>(
  smtp: SMTPConnection,
  start: (done: (error?: SmtpError | null, result?: T) => void) => void,
  signal?: AbortSignal,
): Promise<Ran<T>> {
  return new Promise((resolve) => {
    const settle = (ran: Ran<T>): void => {
      smtp.off('error', onError)
      smtp.off('end', onEnd)
      signal?.removeEventListener('abort', onAbort)
      resolve(ran)
    }
    const onError = (error: SmtpError): void => settle({ error })
    // It tells that it ended before it tells the reason.
    const onEnd = (): void => {
      setImmediate(() => settle({ error: { message: 'the connection was closed', code: 'ECONNECTION' } }))
    }
    const onAbort = (): void => {
      settle({ error: { message: 'it was stopped', code: 'ETIMEDOUT' } })
      smtp.close()
    }
    smtp.once('error', onError)
    smtp.once('end', onEnd)
    signal?.addEventListener('abort', onAbort, { once: true })
    start((error, result) => settle(error ? { error } : { ...(result !== undefined && { result }) }))
  })
}
