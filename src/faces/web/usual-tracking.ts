// A part of /settings, and POST /settings/tracking: what new campaigns record of their readers. Used by account.ts.

import { noteDeed } from '../../core/audit/audit.ts'
import { getUsualTracking, setUsualTracking, trackingLevels } from '../../core/tracking/consent.ts'
import { InvalidInputError } from '../../errors.ts'
import { html, nothing } from './html.ts'
import type { Html } from './html.ts'
import { formField } from './layout.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'

export async function usualTrackingCard(visit: Member): Promise<Html> {
  const { app, accountId, words } = visit
  const { usualTracking: w } = words.settings
  const held = await getUsualTracking(app.db, accountId)
  return html`<section class="card">
    <h2>${w.title}</h2>
    <p class="lead">${w.lead}</p>
    <form method="post" action="/settings/tracking">
      ${formField(visit)}
      <fieldset>
        <legend>${w.legend}</legend>
        ${trackingLevels.map(
          (level) =>
            html`<label class="choice"
              ><input type="radio" name="tracking" value="${level}" ${level === held ? 'checked' : nothing} /><span
                >${words.contact.tracking[level]}</span
              ><small>${words.contact.trackingHints[level]}</small></label
            >`,
        )}
      </fieldset>
      <button>${words.save}</button>
    </form>
  </section>`
}

export async function changeUsualTracking({ app, accountId, user, form, now }: Member): Promise<Response> {
  const level = trackingLevels.find((one) => one === form.fields.get('tracking'))
  if (!level) throw new InvalidInputError('tracking is full, aggregate or none', 'tracking')
  await setUsualTracking(app.db, accountId, level)
  await noteDeed(app.db, accountId, { by: user, action: 'account.tracking', detail: { level } }, now)
  return seeOther('/settings?done=saved')
}
