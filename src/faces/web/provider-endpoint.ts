// /deliverability/providers/new and /deliverability/providers/{id}: an address that a mail provider posts to, made, given a
// new secret, removed. For owners, since whoever knows an address can try to post there.

import { noteDeed } from '../../core/audit/audit.ts'
import type { AuditAction } from '../../core/audit/audit.ts'
import { changeSecrets, createEndpoint, listEndpoints, removeEndpoint } from '../../core/inbox/endpoint.ts'
import type { Endpoint } from '../../core/inbox/endpoint.ts'
import { checkNewSecrets, countSecrets, rotateSecrets } from '../../core/inbox/endpoint-secrets.ts'
import type { GivenSecrets } from '../../core/inbox/endpoint-secrets.ts'
import { hookProviderNames } from '../../core/inbox/hook-event.ts'
import type { HookProviderName } from '../../core/inbox/hook-event.ts'
import { InvalidInputError, NotFoundError } from '../../errors.ts'
import { confirmForm } from './confirm.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { complaintNotice, formField, pageHead, renderPage } from './layout.ts'
import type { Page } from './layout.ts'
import { publicAddress } from './public-address.ts'
import { seeOther } from './respond.ts'
import { timeElement } from './time.ts'
import type { Member } from './visit.ts'

function show(visit: Member, page: Pick<Page, 'title' | 'body'> & { status?: number }): Promise<Response> {
  const { words } = visit
  const crumbs: [string, string][] = [[words.campaigns.deliverability.title, '/deliverability'], [words.providerHooks.title, '/deliverability/providers']] // oxfmt-ignore
  return renderPage(visit, { ...page, place: 'deliverability', isNarrow: true, crumbs })
}

function providerOf(text: string | null): HookProviderName | undefined {
  return hookProviderNames.find((one) => one === text)
}

export function showNewEndpoint(visit: Member, complaint?: string): Promise<Response> {
  const { words, query, form } = visit
  const provider = providerOf(form.fields.get('provider') ?? query.get('provider'))
  const w = words.providerHooks.form
  if (!provider) return show(visit, { title: words.providerHooks.endpoints.add, body: choice(visit) })
  const title = w.title(words.providerHooks.providers[provider])
  const body = html`${pageHead(title)} ${complaintNotice(complaint)}
    <section class="card">
      <form method="post" action="/deliverability/providers/new">
        ${formField(visit)}<input type="hidden" name="provider" value="${provider}" />
        ${secretFields(visit, provider, w.secret[provider], w.basicAuth)}
        ${provider === 'ses' ? amazonFields(visit) : nothing} ${field(visit, 'name', w.name)}
        <label class="choice"
          ><input type="checkbox" name="creates" value="yes" ${form.fields.has('creates') ? 'checked' : nothing} /><span
            >${w.creates} <small>${w.createsHint}</small></span
          ></label
        >
        <div class="actions">
          <button class="primary">${w.make}</button>
          <a class="button" href="/deliverability/providers">${words.cancel}</a>
        </div>
      </form>
    </section>`
  return show(visit, { title, body, status: complaint === undefined ? 200 : 400 })
}

function choice({ words, hookProviders }: Member): Html {
  const w = words.providerHooks
  return html`${pageHead(w.form.choose, w.form.chooseText)}
    <ul class="picks">
      ${hookProviderNames.map(
        (provider) =>
          html`<li>
            <a class="card" href="/deliverability/providers/new?provider=${provider}"
              ><strong>${w.providers[provider]}</strong>
              <span class="quiet small">${w.proofs[hookProviders[provider].signs]}</span></a
            >
          </li>`,
      )}
    </ul>`
}

// Secrets are typed in the clear, once: a password field would make browsers offer to keep them.
function secretFields(visit: Member, provider: HookProviderName, secret: string, basicAuth: string): Content {
  const w = visit.words.providerHooks.form
  const { signs } = visit.hookProviders[provider]
  if (signs === 'certificate') return nothing
  const isNeeded = signs !== 'nothing' && provider !== 'generic'
  return html`${field(visit, 'secret', secret, { hint: w.secretHint[provider], isNeeded })}
  ${signs === 'nothing' ? field(visit, 'basicAuth', basicAuth, { hint: w.basicAuthHint }) : nothing}`
}

function amazonFields({ words, form }: Member): Html {
  const w = words.providerHooks.form
  return html`<div class="field">
      <label for="topics">${w.topics}</label>
      <textarea
        id="topics"
        name="topics"
        class="code few"
        rows="3"
        spellcheck="false"
        required
        aria-describedby="topics-hint"
      >
${form.fields.get('topics') ?? ''}</textarea>
      <p class="hint" id="topics-hint">${w.topicsHint}</p>
    </div>
    <details class="field">
      <summary class="label">${w.certificate}</summary>
      <label class="hint" for="certificate">${w.certificateHint}</label>
      <textarea id="certificate" name="certificate" class="code few" rows="6" spellcheck="false">
${form.fields.get('certificate') ?? ''}</textarea>
    </details>`
}

function field(
  { form }: Member,
  id: string,
  label: string,
  { hint, isNeeded = false }: { hint?: string | undefined; isNeeded?: boolean } = {},
): Html {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${id}"
      maxlength="1000"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      value="${form.fields.get(id) ?? ''}"
      ${isNeeded ? 'required' : nothing}
      ${hint ? html`aria-describedby="${id}-hint"` : nothing}
    />
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
  </div>`
}

function readSecrets({ form }: Member): GivenSecrets {
  const text = (name: string): string | undefined => form.fields.get(name)?.trim() || undefined
  const topics = (form.fields.get('topics') ?? '').split(/\s+/).filter(Boolean)
  return { secret: text('secret'), basicAuth: text('basicAuth'), topics, certificate: text('certificate') }
}

export async function addEndpoint(visit: Member): Promise<Response> {
  const { app, accountId, form, now, hookProviders } = visit
  const provider = providerOf(form.fields.get('provider'))
  if (!provider) return showNewEndpoint(visit)
  try {
    const { secrets, madeUp } = checkNewSecrets(hookProviders[provider], readSecrets(visit))
    const name = (form.fields.get('name') ?? '').replace(/[\0\s]+/g, ' ')
    const given = { provider, name, secrets, creates: form.fields.has('creates') }
    const endpoint = await createEndpoint(app.db, accountId, given, now)
    await note(visit, 'hook.create', endpoint)
    return await showOnce(visit, endpoint, madeUp)
  } catch (error) {
    if (error instanceof InvalidInputError) return showNewEndpoint(visit, error.message)
    throw error
  }
}

async function note({ app, accountId, user, now }: Member, action: AuditAction, endpoint: Endpoint): Promise<void> {
  const { provider, name } = endpoint
  await noteDeed(app.db, accountId, { by: user, action, detail: { provider, ...(name && { name }) } }, now)
}

function addressOf(visit: Member, { provider, endpointId }: Endpoint): string {
  return `${publicAddress(visit)}/hooks/${provider}/${endpointId}`
}

/** With the secret that was made for it. */
async function showOnce(visit: Member, endpoint: Endpoint, madeUp: string | undefined): Promise<Response> {
  const { words } = visit
  const w = words.providerHooks.endpoint
  const title = w.title(words.providerHooks.providers[endpoint.provider])
  const body = html`${pageHead(title)}
    <section class="card">
      <p class="lead">${w.give}</p>
      <code class="secret" data-copy>${addressOf(visit, endpoint)}</code>
      ${
        madeUp === undefined
          ? nothing
          : html`<p class="lead spaced">${w.secretOnce}</p>
              <code class="secret" data-copy>${madeUp}</code>`
      }
      <p class="actions spaced"><a class="button" href="/deliverability/providers">${w.done}</a></p>
    </section>`
  const response = await show(visit, { title, body })
  response.headers.set('cache-control', 'no-store')
  return response
}

async function endpointOf({ app, accountId, of }: Member): Promise<Endpoint> {
  const held = await listEndpoints(app.db, accountId)
  const endpoint = held.find(({ endpointId }) => endpointId === of('id'))
  if (!endpoint) throw new NotFoundError('there is no such address')
  return endpoint
}

export async function showEndpoint(visit: Member, complaint?: string): Promise<Response> {
  const { words, now, look } = visit
  const w = words.providerHooks.endpoint
  const endpoint = await endpointOf(visit)
  const { provider, name, endpointId, confirmUntil } = endpoint
  const title = w.title(words.providerHooks.providers[provider])
  const base = `/deliverability/providers/${endpointId}`
  const isOpen = confirmUntil !== null && confirmUntil > now
  const body = html`${pageHead(title, name)} ${complaintNotice(complaint)}
    <div class="stack">
      <section class="card">
        <p class="lead">${w.give}</p>
        <code class="secret" data-copy>${addressOf(visit, endpoint)}</code>
      </section>
      ${
        provider === 'ses'
          ? html`<section class="card">
              <h2>${w.connect}</h2>
              <ul class="reasons">
                ${endpoint.secrets.topics?.map((topic) => html`<li class="mono small">${topic}</li>`)}
              </ul>
              <p class="lead">
                ${isOpen ? html`${w.connectText} ${timeElement(confirmUntil, look.zone)}` : w.connectOver}
              </p>
              <form method="post" action="${base}/connect">${formField(visit)}<button>${w.connectButton}</button></form>
            </section>`
          : rotateCard(visit, endpoint, base)
      }
      <p class="actions"><a class="button danger" href="${base}/remove">${w.remove}</a></p>
    </div>`
  return show(visit, { title, body, status: complaint === undefined ? 200 : 400 })
}

function rotateCard(visit: Member, { provider, secrets }: Endpoint, base: string): Html {
  const w = visit.words.providerHooks.endpoint
  const count = countSecrets(secrets)
  const hasOld = secrets.keys.length > 1 || (secrets.basicAuth?.length ?? 0) > 1
  return html`<section class="card">
    <h2>${w.secrets}</h2>
    <p class="lead">${w.rotateText(count)}</p>
    <form method="post" action="${base}/rotate">
      ${formField(visit)} ${secretFields(visit, provider, w.newSecret, w.newBasicAuth)}
      <div class="actions">
        <button>${w.rotate}</button>
        ${hasOld ? html`<button name="finish" value="yes" formnovalidate>${w.finish}</button>` : nothing}
      </div>
    </form>
  </section>`
}

export async function rotateEndpoint(visit: Member): Promise<Response> {
  const { app, accountId, form, now, hookProviders } = visit
  const { endpointId } = await endpointOf(visit)
  const isFinish = form.fields.has('finish')
  const given = isFinish ? {} : readSecrets(visit)
  let madeUp: string | undefined
  try {
    const endpoint = await changeSecrets(app.db, accountId, endpointId, (held, provider) => {
      const rotated = rotateSecrets(held, hookProviders[provider], given, isFinish)
      madeUp = rotated.madeUp
      return rotated.secrets
    }, now) // oxfmt-ignore
    await note(visit, 'hook.rotate', endpoint)
    if (madeUp !== undefined) return await showOnce(visit, endpoint, madeUp)
    return seeOther(`/deliverability/providers/${endpointId}?done=saved`)
  } catch (error) {
    if (error instanceof InvalidInputError) return showEndpoint(visit, error.message)
    throw error
  }
}

export async function connectEndpoint(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  const { endpointId } = await endpointOf(visit)
  await note(visit, 'hook.connect', await changeSecrets(app.db, accountId, endpointId, (held) => held, now))
  return seeOther(`/deliverability/providers/${endpointId}?done=saved`)
}

export async function askRemoveEndpoint(visit: Member): Promise<Response> {
  const { words } = visit
  const w = words.providerHooks.endpoint
  const { provider, endpointId } = await endpointOf(visit)
  const title = w.removeTitle(words.providerHooks.providers[provider])
  const body = confirmForm(visit, {
    title,
    text: w.removeText,
    button: w.remove,
    back: `/deliverability/providers/${endpointId}`,
  })
  return show(visit, { title, body })
}

export async function removeOneEndpoint(visit: Member): Promise<Response> {
  const { app, accountId, now } = visit
  const endpoint = await endpointOf(visit)
  await removeEndpoint(app.db, accountId, endpoint.endpointId, now)
  await note(visit, 'hook.remove', endpoint)
  return seeOther('/deliverability/providers?done=hook-removed')
}
