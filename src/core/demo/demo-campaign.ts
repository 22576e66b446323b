// The campaign that `contrail demo send` sends: written anew each time, to the first of the demo's contacts.

import type { Db } from '../../db/db.ts'
import { createDraft } from '../campaigns/write-campaign.ts'
import { addMemberships } from '../lists/membership.ts'
import { findOrCreateList } from '../lists/write-list.ts'
import { demoContacts } from './demo-contacts.ts'

/** Contacts put on the list at a time. */
const perStep = 500

const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Roses for {{ contact.first_name | default: "you" }}</title></head>
<body style="margin:0;background:#f6f3ee;font:16px/1.6 Georgia,serif;color:#3b2f2f">
<div style="max-width:560px;margin:0 auto;padding:32px;background:#ffffff">
<h1 style="font-size:28px;color:#a3324a">Dear {{ contact.first_name | default: "friend of flowers" }},</h1>
<p>the first roses of the season are in{% if contact.city %}, and we deliver to {{ contact.city }} every day{% endif %}.</p>
<p><a href="http://www.joesflowers.example/roses?from=demo" style="color:#a3324a">See the roses</a> or
<a href="http://www.joesflowers.example/visit?from=demo" style="color:#a3324a">visit us</a>.</p>
</div>
</body>
</html>
`

/** A draft to so many of the demo's contacts, at most all of them; returns its id. */
export async function createDemoCampaign(db: Db, accountId: number, count: number, now: number): Promise<number> {
  const listId = await db.transaction((tx) => findOrCreateList(tx, accountId, `Demo of ${count}`, now))
  const ids = demoContacts()
    .slice(0, count)
    .map(({ contactId }) => contactId)
  for (let i = 0; i < ids.length; i += perStep)
    await db.transaction((tx) =>
      addMemberships(tx, accountId, ids.slice(i, i + perStep), [listId], { optInAt: now, optInSource: 'customer' }),
    )
  const content = {
    subject: 'Roses for {{ contact.first_name | default: "you" }}',
    preheader: 'The first of the season',
    fromName: "Joe's Flowers",
    fromEmail: 'joe@joesflowers.example',
    organizationName: "Joe's Flowers",
    organizationAddress1: '1601 Trapelo Road',
    organizationCity: 'Waltham',
    organizationState: 'MA',
    organizationPostalCode: '02451',
    organizationCountry: 'us',
    viewAsWebpage: 'YES',
    html,
  }
  const name = `Roses, demo of ${new Date(now).toISOString().slice(0, 23).replace('T', ' ')}`
  return (await createDraft(db, accountId, { name, content, listIds: [listId] }, now)).campaignId
}
