// What whoever hands mail over gets of the settings. Used by app.ts.

import type { Config } from './config.ts'
import type { MailSettings } from './core/sending/make-message.ts'
import type { SenderHost } from './core/sending/sender.ts'
import { ConfigError } from './errors.ts'
import { openRelay } from './mail/smtp.ts'

/** Throws ConfigError where there is no relay. */
export function senderHost(
  config: Config,
  host: Pick<SenderHost, 'db' | 'log' | 'now' | 'key' | 'counts'>,
): SenderHost {
  if (!config.relay) throw new ConfigError('CONTRAIL_SMTP_URL: there is no relay to hand mail to')
  return {
    ...host,
    settings: mailSettings(config),
    rates: { perSecond: config.sendRate, perProviderMinute: config.sendProviderRate },
    relay: openRelay(config.relay, { now: host.now }),
  }
}

/** Throws ConfigError where readers can't reach us. */
export function mailSettings({ publicHost, publicScheme, bounceDomain, relay, sendTrap }: Config): MailSettings {
  if (publicHost === undefined)
    throw new ConfigError('CONTRAIL_PUBLIC_URL: say where readers reach this server: the links in mails lead there')
  return {
    publicUrl: `${publicScheme}://${publicHost}`,
    bounceDomain,
    provider: relay?.provider ?? 'plain',
    stream: relay?.stream,
    hasTrap: sendTrap,
  }
}
