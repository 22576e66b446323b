// Failures as pages: the one translator of this face. Used by routes.ts.

import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UnavailableError } from '../../errors.ts'
import { alonePage } from './alone.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { icon } from './icons.ts'
import { renderPage } from './layout.ts'
import type { Visit } from './visit.ts'
import type { Words } from './words/words.ts'

/** The page for a failure; undefined for one that nobody foresaw. */
export function failurePage(visit: Visit, error: unknown): Promise<Response> | undefined {
  const { errors } = visit.words
  if (error instanceof NotFoundError) return notFoundPage(visit)
  if (error instanceof UnavailableError) return plainPage(visit, 503, errors.busyTitle, errors.busyText)
  if (error instanceof InvalidInputError) return plainPage(visit, 400, errors.invalidTitle, sentence(error.message))
  if (error instanceof ConflictError) return plainPage(visit, 409, errors.invalidTitle, sentence(error.message))
  if (error instanceof ForbiddenError) return plainPage(visit, 403, errors.invalidTitle, sentence(error.message))
  return undefined
}

export function notFoundPage(visit: Visit): Promise<Response> {
  return plainPage(visit, 404, visit.words.errors.notFoundTitle, visit.words.errors.notFoundText)
}

export function forbiddenPage(visit: Visit): Promise<Response> {
  const { errors, roles } = visit.words
  const role = visit.member ? roles[visit.member.user.role] : ''
  return plainPage(visit, 403, errors.forbiddenTitle, errors.forbiddenText(role))
}

export function stalePage(visit: Visit): Promise<Response> {
  return plainPage(visit, 403, visit.words.errors.staleTitle, visit.words.errors.staleText)
}

export function failedPage(visit: Visit): Promise<Response> {
  return plainPage(visit, 500, visit.words.errors.failedTitle, visit.words.errors.failedText)
}

function plainPage(visit: Visit, status: number, title: string, text: string): Promise<Response> {
  const body = message(visit.words, title, text)
  return visit.member
    ? renderPage(visit, { title, status, body, isNarrow: true })
    : alonePage(visit, { title, status, body })
}

function message(words: Words, title: string, text: string): Html {
  return html`<div class="card empty">
    ${icon('search')}
    <h1>${title}</h1>
    <p>${text}</p>
    <p class="actions"><a class="button" href="/">${words.errors.home}</a></p>
  </div>`
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}
