// The mail server of the demo's contacts, on this machine: takes mail, refuses some, and is too busy for some at first. Used
// by demo-send.ts.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { DemoMail } from '../../core/demo/demo-readers.ts'
import { deferral, fateOf, refusals } from '../../core/demo/demo-replies.ts'

export interface DemoMailboxes extends AsyncDisposable {
  /** For the relay setting. */
  url: string
}

/** `contactOf` knows whose address it is; `onMail` gets what was taken over. */
export async function openDemoMailboxes(
  contactOf: (email: string) => number | undefined,
  onMail: (mail: DemoMail) => void,
): Promise<DemoMailboxes> {
  const seen = new Set<string>()
  const answerFor = (to: string): string | undefined => {
    const fate = fateOf(contactOf(to) ?? 0)
    if (fate !== 'busy' || seen.has(to)) return refusals[fate]
    seen.add(to)
    return deferral
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: ({ address }, _session, done) => done(toError(answerFor(address))),
    onData: (stream, { envelope }, done) => {
      const take = async (): Promise<void> => {
        const raw = (await buffer(stream)).toString('latin1')
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        onMail({ from, to: envelope.rcptTo[0]!.address, raw })
        done(null)
      }
      take().catch(() => done(toError('451 4.3.0 not all of it came')))
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}?pool=8`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function toError(answer: string | undefined): Error | null {
  if (answer === undefined) return null
  return Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) })
}
