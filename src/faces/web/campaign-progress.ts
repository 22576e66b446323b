// How far a campaign has come, as a card that a script keeps up to date. Used by campaign.ts and campaign-send.ts.

import { getProgress } from '../../core/sending/campaign-progress.ts'
import type { CampaignProgress } from '../../core/sending/campaign-progress.ts'
import type { CampaignRun, RunState } from '../../core/sending/campaign-run.ts'
import { outgoingStates } from '../../core/sending/outgoing.ts'
import { isAllowed } from '../../core/users/user.ts'
import { html, nothing } from './html.ts'
import type { Content } from './html.ts'
import { formField } from './layout.ts'
import { meter } from './meter.ts'
import { formatCount } from './numbers.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

const movingStates: readonly RunState[] = ['freezing', 'running', 'cancelling']

export function readProgress({ app, accountId }: Member, campaignId: number): Promise<CampaignProgress> {
  return getProgress(app.db, accountId, campaignId)
}

/** Whether the page is to follow it. */
export function isMoving({ run }: CampaignProgress): boolean {
  return run !== undefined && movingStates.includes(run.state)
}

/** Nothing for a campaign that was never started from here. */
export function progressCard(visit: Member, progress: CampaignProgress): Content {
  const { words, look } = visit
  const w = words.sending
  const { run, counts, recipients, ended, nextTryAt } = progress
  if (!run || (run.state === 'done' && !run.problem && recipients === 0)) return nothing
  const shown = outgoingStates.filter((state) => counts[state] > 0)
  return html`<section class="card" ${isMoving(progress) ? html`data-live` : nothing} aria-labelledby="progress">
    <h2 id="progress">${w.progress}</h2>
    <p class="lead">
      ${w.runStates[run.state]} · ${w.ofRecipients(formatCount(ended), formatCount(recipients))}
      ${nextTryAt === undefined ? nothing : html` · ${w.nextTry} ${timeElement(nextTryAt, look.zone)}`}
    </p>
    ${run.problem ? html`<p class="notice warn">${run.problem}</p>` : nothing} ${meter(ended, recipients)}
    <dl class="facts states">
      ${shown.map(
        (state) =>
          html`<div>
            <dt>${w.states[state]}</dt>
            <dd class="number">${formatCount(counts[state])}</dd>
          </div>`,
      )}
    </dl>
    ${isAllowed(visit.user.role, 'write') ? stateForms(visit, progress, run) : nothing}
  </section>`
}

function stateForms(visit: Member, { campaign, counts }: CampaignProgress, { state }: CampaignRun): Content {
  const w = visit.words.sending
  const base = `/campaigns/${campaign.campaignId}`
  const deeds: [isShown: boolean, deed: 'pause' | 'resume' | 'cancel' | 'requeue'][] = [
    [state === 'running' || state === 'trailing', 'pause'],
    [state === 'paused', 'resume'],
    [['freezing', 'running', 'paused', 'trailing'].includes(state), 'cancel'],
    [counts.unknown > 0, 'requeue'],
  ]
  const shown = deeds.filter(([isShown]) => isShown)
  if (shown.length === 0) return nothing
  return html`<form method="post" class="actions spaced">
    ${formField(visit)}
    ${shown.map(
      ([, deed]) =>
        html`<button class="${deed === 'cancel' ? 'danger' : ''}" formaction="${base}/${deed}" ${deed === 'requeue' ? html`title="${w.requeueHint}"` : nothing}>${w[deed]}</button>`, // oxfmt-ignore
    )}
  </form>`
}
