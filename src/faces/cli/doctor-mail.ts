// `contrail doctor mail`: can mail go out, will it be believed, and does it find its way back? Exits with 1 when not.

import { Resolver } from 'node:dns/promises'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { listDkimKeys } from '../../core/sending/dkim-keys.ts'
import { listSenders } from '../../core/senders/sender.ts'
import { ConfigError } from '../../errors.ts'
import { checkMailDomain } from '../../mail/dns-records.ts'
import { renderRelayUrl } from '../../mail/relay-url.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { renderFinding } from './finding.ts'
import type { Finding } from './finding.ts'
import { withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { findMailServer, tryWayBack } from './way-back.ts'
import { withAccountApp } from './with-app.ts'

export function addDoctorMail(doctor: Command, context: CliContext): void {
  withSettings(
    withAccount(doctor.command('mail').summary('check the relay, the DNS of your senders, and the way back')),
    ['relay', 'publicHost', 'bounceDomain', 'bounceListen'],
  ).action((_: AccountOptions, command: Command) => examineMail(context, command.optsWithGlobals()))
}

async function examineMail(context: CliContext, options: AccountOptions): Promise<void> {
  const findings = await withAccountApp(context, options, async (app, { accountId }) => [
    await checkRelay(app),
    checkReach(app),
    ...(await checkWayBack(app)),
    ...(await checkSenders(app, accountId)),
  ])
  for (const finding of findings)
    await print(context, options.json ? JSON.stringify(finding) : renderFinding(context, finding))
  if (findings.some(({ verdict }) => verdict === 'fail')) context.exitCode = 1
}

async function checkRelay(app: App): Promise<Finding> {
  const check = 'relay'
  if (!app.config.relay)
    return { check, verdict: 'fail', detail: 'CONTRAIL_SMTP_URL: there is no relay to hand mail to' }
  const { relay } = app.senderHost()
  try {
    const report = await relay.verify(AbortSignal.timeout(30_000))
    const name = renderRelayUrl(app.config.relay)
    if (report.kind === 'notSent') return { check, verdict: 'fail', detail: `${name}: ${report.detail}` }
    const { peer, capabilities, hasLoggedIn } = report
    const tls = peer.tls ? `${peer.tls.version} ${peer.tls.cipher}` : 'in the clear'
    const login = hasLoggedIn ? 'logged in' : 'no login'
    const able = [capabilities.smtpUtf8 && 'SMTPUTF8', capabilities.dsn && 'DSN'].filter(Boolean).join(', ')
    const isOpen = peer.tls === undefined && app.config.relay.tls !== 'none' && !isLoopbackAddress(peer.address)
    return {
      check,
      verdict: isOpen ? 'warn' : 'ok',
      detail: `${name}: ${peer.name} [${peer.address}], ${tls}, ${login}${able && `, ${able}`}`,
    }
  } finally {
    await relay.close()
  }
}

function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

function checkReach(app: App): Finding {
  const check = 'links'
  try {
    const { publicUrl } = app.mailSettings()
    return publicUrl.startsWith('https://')
      ? { check, verdict: 'ok', detail: `mails lead to ${publicUrl}` }
      : {
          check,
          verdict: 'warn',
          detail: `mails lead to ${publicUrl}: one-click unsubscribing needs https (RFC 8058 3.1)`,
        }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { check, verdict: 'fail', detail: error.message }
  }
}

async function checkWayBack({ config: { bounceDomain, bounceListen } }: App): Promise<Finding[]> {
  const check = 'bounces'
  if (bounceDomain === undefined)
    return [
      {
        check,
        verdict: 'warn',
        detail: 'CONTRAIL_BOUNCE_DOMAIN is not set: what comes back goes to the sender and is not read',
      },
    ]
  const told: Finding = { check, verdict: 'ok', detail: `what comes back goes to ${bounceDomain}` }
  const server = (await findMailServer(new Resolver({ timeout: 3000, tries: 2 }), bounceDomain)) ?? bounceListen
  return server ? [told, await tryWayBack(server, bounceDomain)] : [told]
}

async function checkSenders(app: App, accountId: number): Promise<Finding[]> {
  const senders = await listSenders(app.db, accountId)
  if (senders.length === 0)
    return [{ check: 'senders', verdict: 'fail', detail: 'the account has none: "contrail sender add" adds one' }]
  const keys = await listDkimKeys(app.db, accountId)
  const domains = new Set(senders.map(({ email }) => email.slice(email.lastIndexOf('@') + 1)))
  const resolver = new Resolver({ timeout: 3000, tries: 2 })
  const { bounceDomain } = app.config
  const findings: Finding[] = []
  for (const domain of domains) {
    const dkim = keys.filter((key) => key.retiredAt === null && isSameOrAbove(key.domain, domain))
    const found = await checkMailDomain({ domain, bounceDomain: bounceDomain ?? domain, dkim }, resolver)
    findings.push(
      ...found.map(({ level, subject, text }) => ({ check: `${subject} ${domain}`, verdict: level, detail: text })),
    )
  }
  return findings
}

function isSameOrAbove(parent: string, domain: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`)
}
