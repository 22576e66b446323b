// The settings of webhooks, part of the table in config.ts.

import { parseChoice, parseNetworks } from './config-values.ts'
import type { Given } from './config-values.ts'

export interface WebhookSettings {
  webhookInsecure: boolean
  /** Networks inside our own that webhooks may go to. */
  webhookAllow: readonly string[]
}

export const webhookOptions = {
  webhookInsecure: {
    env: 'CONTRAIL_WEBHOOK_INSECURE',
    flag: '--webhook-insecure',
    value: 'on|off',
    default: 'off',
    meaning: 'Whether webhooks may go to `http://` addresses and to ports other than 443 and 8443.',
  },
  webhookAllow: {
    env: 'CONTRAIL_WEBHOOK_ALLOW',
    flag: '--webhook-allow',
    value: 'NETWORKS',
    default: '',
    meaning:
      'Networks that webhooks may go to although they are not on the public internet, such as `10.1.0.0/16`, several with commas. Whoever may make webhooks can then send requests there. Empty: none.',
  },
} as const

/** `read` gives a setting of the table as it was given. */
export function readWebhookSettings(read: (name: keyof typeof webhookOptions) => Given): WebhookSettings {
  return {
    webhookInsecure: parseChoice(read('webhookInsecure'), ['on', 'off']) === 'on',
    webhookAllow: parseNetworks(read('webhookAllow')),
  }
}
