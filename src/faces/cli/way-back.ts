// Does what comes back find its way to us? Looks for the server that takes the bounce domain's mail and hands it a message to
// nobody, which this program takes and drops. Used by `contrail doctor mail`.

import type { Resolver } from 'node:dns/promises'
import { parseRelayUrl } from '../../mail/relay-url.ts'
import { openRelay } from '../../mail/smtp.ts'
import type { Finding } from './finding.ts'

/** In ms. */
const patience = 20_000

interface Server {
  host: string
  port: number
}

/** Where mail for the domain goes; undefined where the DNS does not say. */
export async function findMailServer(resolver: Resolver, domain: string): Promise<Server | undefined> {
  const records = await resolver.resolveMx(domain).catch(() => [])
  const first = records.toSorted((a, b) => a.priority - b.priority)[0]
  return first?.exchange ? { host: first.exchange, port: 25 } : undefined
}

/** Hands the message over and tells what was said to it. */
export async function tryWayBack({ host, port }: Server, domain: string): Promise<Finding> {
  const check = 'way back'
  const address = host.includes(':') ? `[${host}]` : host
  const relay = openRelay(parseRelayUrl(`smtp://${address}:${port}?tls=opportunistic&pool=1`))
  const to = `none@${domain}`
  try {
    const connected = await relay.connect(AbortSignal.timeout(patience))
    if (connected.kind === 'notSent') return { check, verdict: 'fail', detail: `${host}:${port}: ${connected.detail}` }
    const raw = Buffer.from(
      `To: ${to}\r\nSubject: contrail doctor mail\r\nAuto-Submitted: auto-generated\r\n\r\nA probe.\r\n`,
    )
    const result = await connected.connection.send({ from: '', to, needsSmtpUtf8: false }, raw)
    connected.connection.release()
    const said =
      'reply' in result && result.reply !== undefined ? result.reply : 'detail' in result ? result.detail : ''
    return result.kind === 'accepted'
      ? { check, verdict: 'ok', detail: `${host}:${port} took a message to ${to}: ${said}` }
      : { check, verdict: 'fail', detail: `${host}:${port} did not take a message to ${to}: ${said}` }
  } finally {
    await relay.close()
  }
}
