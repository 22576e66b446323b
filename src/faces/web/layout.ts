// What surrounds every page of somebody who is signed in: navigation, search, the menu. Used by all pages.

import { navigation } from './navigation.ts'
import type { Place } from './navigation.ts'
import { assetPath } from './assets.ts'
import { html, nothing } from './html.ts'
import type { Content, Html } from './html.ts'
import { icon, logo } from './icons.ts'
import { initials, toneOf } from './person.ts'
import { respond } from './respond.ts'
import type { Visit } from './visit.ts'

export interface Page {
  /** In the browser's tab. */
  title: string
  place?: Place
  body: Content
  status?: number
  /** Steps back, the outermost first. */
  crumbs?: readonly [text: string, href: string][]
  /** Beside that of every page. */
  scripts?: readonly string[]
  isNarrow?: boolean
  /** Where frames may come from; nowhere when absent. */
  hasFrames?: boolean
}

export async function renderPage(visit: Visit, page: Page): Promise<Response> {
  const { words, look } = visit
  const { title, body, scripts = [] } = page
  const text = await html`<!doctype html>
    <html lang="${words.language}" ${look.theme ? html`data-theme="${look.theme}"` : nothing}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${words.product}</title>
        <link rel="stylesheet" href="${assetPath('app.css')}" />
        <link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml" />
        ${['app.js', ...scripts].map((file) => html`<script type="module" src="${assetPath(file)}"></script>`)}
      </head>
      <body data-copy-word="${words.copy}" data-copied-word="${words.copied}">
        <a class="skip" href="#main">${words.skip}</a>
        <div class="shell">
          ${side(visit, page.place)}
          <div>
            ${top(visit)}
            <main id="main" tabindex="-1" class="page ${page.isNarrow ? 'narrow' : ''}">
              ${crumbs(visit, page.crumbs)} ${doneNotice(visit)} ${body}
            </main>
          </div>
        </div>
      </body>
    </html>`
  return respond(visit, String(text), { status: page.status ?? 200, hasFrames: page.hasFrames === true })
}

function side({ words, member, look }: Visit, place: Place | undefined): Html {
  return html`<header class="side">
    <a class="brand" href="/">${logo}<span>${words.product}</span></a>
    <nav aria-label="${words.navLabel}">
      <ul>
        ${navigation.map(
          ([name, href]) =>
            html`<li>
              <a href="${href}" ${name === place ? html`aria-current="page"` : nothing}
                >${icon(name)}<span>${words.nav[name]}</span></a
              >
            </li>`,
        )}
      </ul>
    </nav>
    <p class="account">
      ${member ? words.account(member.username) : nothing}<br /><span data-zone="${look.zone}"
        >${words.times(look.zone)}</span
      >
    </p>
  </header>`
}

function top(visit: Visit): Html {
  const { words, member } = visit
  return html`<div class="top">
    <a class="brand" href="/" aria-label="${words.nav.home}">${logo}<span>${words.product}</span></a>
    <search class="search">
      <form action="/search" data-find="/search/names">
        ${icon('search')}
        <label class="hidden-text" for="find">${words.search.label}</label>
        <input
          id="find"
          name="q"
          type="search"
          autocomplete="off"
          spellcheck="false"
          maxlength="254"
          placeholder="${words.search.hint}"
          value="${visit.path === '/search' ? (visit.query.get('q') ?? '') : ''}"
        />
        <kbd class="key" aria-hidden="true">/</kbd>
      </form>
    </search>
    ${member ? menu(visit, member) : nothing}
  </div>`
}

function menu(visit: Visit, { user }: NonNullable<Visit['member']>): Html {
  const { words, look } = visit
  return html`<details class="menu">
    <summary>
      <span class="face t${toneOf(user.email)}">${initials(user.name)}</span
      ><span class="hidden-text">${words.menu.label(user.name)}</span>
    </summary>
    <div class="sheet">
      <div class="who">
        <strong>${user.name}</strong><br /><span class="quiet small">${user.email} · ${words.roles[user.role]}</span>
      </div>
      <form method="post" action="/look" data-look>
        <input type="hidden" name="form" value="${visit.formToken()}" />
        <input type="hidden" name="back" value="${backTo(visit)}" />
        <div class="themes" role="group" aria-label="${words.menu.theme}">
          ${(['system', 'light', 'dark'] as const).map(
            (theme) =>
              html`<button name="theme" value="${theme}" aria-pressed="${String((look.theme ?? 'system') === theme)}">
                ${words.menu.themes[theme]}
              </button>`,
          )}
        </div>
      </form>
      <a href="/profile">${icon('user')}${words.menu.profile}</a>
      <form method="post" action="/sign-out">
        <input type="hidden" name="form" value="${visit.formToken()}" />
        <button class="item">${icon('out')}${words.menu.signOut}</button>
      </form>
    </div>
  </details>`
}

function backTo({ path, query }: Visit): string {
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

function crumbs({ words }: Visit, steps: Page['crumbs']): Content {
  if (!steps) return nothing
  return html`<nav aria-label="${words.crumbsLabel}">
    <ol class="crumbs">
      ${steps.map(([text, href]) => html`<li><a href="${href}">${text}</a></li>`)}
    </ol>
  </nav>`
}

function doneNotice({ words, query }: Visit): Content {
  const done = query.get('done') ?? ''
  if (!Object.hasOwn(words.done, done)) return nothing
  return html`<p class="notice" role="status">${icon('done')}${words.done[done]}</p>`
}

/** What was wrong with a form that is shown again. */
export function complaintNotice(complaint: string | undefined): Content {
  if (complaint === undefined) return nothing
  return html`<p class="notice bad" role="alert">
    ${icon('warning')}${complaint.charAt(0).toUpperCase()}${complaint.slice(1)}
  </p>`
}

/** A page's heading, with what can be done beside it. */
export function pageHead(title: string, lead?: Content, actions?: Content): Html {
  return html`<div class="head">
    <div class="text">
      <h1>${title}</h1>
      ${lead ? html`<p>${lead}</p>` : nothing}
    </div>
    ${actions ? html`<div class="actions">${actions}</div>` : nothing}
  </div>`
}

/** The hidden field that every form has. */
export function formField(visit: Visit): Html {
  return html`<input type="hidden" name="form" value="${visit.formToken()}" />`
}
