// `contrail campaign check` and `test`: a campaign looked at before it goes out.

import { parseEmail } from '../../core/contacts/email.ts'
import { checkCampaign } from '../../core/sending/check-campaign.ts'
import type { CampaignCheck } from '../../core/sending/check-campaign.ts'
import { getMessage } from '../../core/sending/outgoing-message.ts'
import { queueTest } from '../../core/sending/test-message.ts'
import { ContrailError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { getCampaignNamed } from './find-campaign.ts'
import { getContactNamed } from './find-contact.ts'
import { formatCount, printable } from './format.ts'
import type { AccountOptions } from './options.ts'
import { sendHereIfNobodyDoes } from './send-here.ts'
import { withAccountApp } from './with-app.ts'

/** Contacts listed one by one. */
const shownContacts = 20

export async function check(
  context: CliContext,
  name: string,
  options: AccountOptions & { limit: number },
): Promise<void> {
  const result = await withAccountApp(context, options, async (app, { accountId }) => {
    const { campaignId } = await getCampaignNamed(app.db, accountId, name)
    return checkCampaign(app.db, accountId, campaignId, options.limit)
  })
  if (options.json) return print(context, JSON.stringify(result))
  for (const line of renderCheck(result)) await print(context, line)
}

function renderCheck({ checked, isWhole, missing, links, warnings, htmlBytes, textBytes }: CampaignCheck): string[] {
  const some = isWhole ? '' : ', of more'
  const skipped = links.filter(({ skip }) => skip !== undefined)
  return [
    `HTML ${formatCount(htmlBytes)} bytes, text ${formatCount(textBytes)} bytes`,
    `${formatCount(links.length)} links, ${formatCount(links.length - skipped.length)} of them tracked`,
    ...skipped.map(({ url, skip }) => `  left alone (${skip}): ${printable(url.slice(0, 200))}`),
    ...warnings.map(
      ({ code, url }) => `  warning: ${code}${url === undefined ? '' : ` ${printable(url.slice(0, 200))}`}`,
    ),
    `${formatCount(checked)} contacts looked at${some}: ${formatCount(missing.length)} lack something`,
    ...missing
      .slice(0, shownContacts)
      .map(({ email, variables }) => `  ${printable(email)}: ${variables.map(printable).join(', ')}`),
    ...(missing.length > shownContacts
      ? [`  and ${formatCount(missing.length - shownContacts)} more (--json has all)`]
      : []),
  ]
}

export async function test(
  context: CliContext,
  name: string,
  options: AccountOptions & { to: string; contact?: string },
): Promise<void> {
  const to = parseEmail(options.to)
  await withAccountApp(context, options, async (app, { accountId }) => {
    const { db, now } = app
    const { campaignId } = await getCampaignNamed(db, accountId, name)
    const contact = options.contact === undefined ? undefined : await getContactNamed(db, accountId, options.contact)
    await using sending = await sendHereIfNobodyDoes(context, app)
    const key = await queueTest(db, accountId, { campaignId, contactId: contact?.contactId ?? 0, to }, now())
    for (;;) {
      const { state, reply } = await getMessage(db, accountId, key)
      if (state === 'accepted') {
        await print(context, options.json ? JSON.stringify({ to, state }) : `The relay has the test for ${to}.`)
        return
      }
      if (!['pending', 'claimed', 'in-flight'].includes(state))
        throw new ContrailError('not_sent', `the test was not sent: ${reply ?? state}`)
      await sending.pause(200)
    }
  })
}
