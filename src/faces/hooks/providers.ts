// All adapters, by the names they are asked for. Read by the endpoint, by the job that reads the inbox, and through
// main.ts by the command line.

import { brevo } from './brevo.ts'
import { generic } from './generic.ts'
import { mailgun } from './mailgun.ts'
import { mailjet } from './mailjet.ts'
import { mandrill } from './mandrill.ts'
import { postmark } from './postmark.ts'
import type { HookProviders } from '../../core/inbox/hook-provider.ts'
import { resend } from './resend.ts'
import { sendgrid } from './sendgrid.ts'
import { ses } from './ses.ts'
import { sparkpost } from './sparkpost.ts'

export const hookProviders: HookProviders = {
  ses,
  sendgrid,
  mailgun,
  postmark,
  sparkpost,
  brevo,
  mailjet,
  resend,
  mandrill,
  generic,
}
