// What a refusal looks like (RFC 9457), and which there are: the codes are for programs and never change. The one place
// where failures become answers.

import { ContrailError, InvalidInputError } from '../../errors.ts'

interface Kind {
  status: number
  title: string
  /** For the reference page: what to do about it. */
  meaning: string
}

export const problemKinds = {
  invalid_input: { status: 400, title: 'The request is not valid', meaning: '`errors` names each parameter or field at fault.' }, // oxfmt-ignore
  unknown_parameter: { status: 400, title: 'There is no such parameter', meaning: 'A parameter of the query is misspelt, or not one of this operation. Nothing is ignored in silence.' }, // oxfmt-ignore
  malformed_json: { status: 400, title: 'The body is not JSON', meaning: '`detail` says where it stops being JSON.' },
  invalid_cursor: { status: 400, title: 'The cursor is not valid', meaning: 'It was altered, or belongs to another operation or to other filters. Start again without it.' }, // oxfmt-ignore
  unauthenticated: { status: 401, title: 'Credentials are missing or wrong', meaning: 'Send `Authorization: Bearer KEY` with an API key that works alone, or an access token.' }, // oxfmt-ignore
  forbidden: { status: 403, title: 'This may not be done', meaning: '`detail` says what stands in the way, such as a contact that opted out, or a campaign that is not under way.' }, // oxfmt-ignore
  insufficient_scope: { status: 403, title: 'The key may not do this', meaning: 'The operation needs a scope that the key or token does not have.' }, // oxfmt-ignore
  not_found: { status: 404, title: 'There is no such thing', meaning: 'Nothing in this account has the id, or there is nothing at the address. What belongs to another account is not found either.' }, // oxfmt-ignore
  method_not_allowed: { status: 405, title: 'The method does not fit', meaning: '`Allow` names those that do.' },
  not_acceptable: { status: 406, title: 'There is no answer of that type', meaning: 'Ask for `application/json`.' },
  conflict: { status: 409, title: 'It exists already', meaning: 'Something of that name, address or id is there, or the state does not allow it.' }, // oxfmt-ignore
  precondition_failed: { status: 412, title: 'It was changed meanwhile', meaning: 'The `If-Match` sent is not the `ETag` any more. Get it again, and decide again.' }, // oxfmt-ignore
  too_large: { status: 413, title: 'The body is too large', meaning: '`detail` names the limit.' },
  unsupported_media_type: { status: 415, title: 'The body is of the wrong type', meaning: 'Most bodies are `application/json`.' }, // oxfmt-ignore
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used before', meaning: 'It came with another request. Make a new key for each thing to be done.' }, // oxfmt-ignore
  rate_limited: { status: 429, title: 'Too many requests', meaning: 'Wait as many seconds as `Retry-After` says.' },
  internal: { status: 500, title: 'The server failed', meaning: 'It has been logged under the request id.' },
  unavailable: { status: 503, title: 'The service is busy', meaning: 'The store is away or has too much to do. Wait as many seconds as `Retry-After` says, and send it again.' }, // oxfmt-ignore
} as const satisfies Record<string, Kind>
export type ProblemCode = keyof typeof problemKinds

/** What is wrong with one part of a request. */
export interface Fault {
  /** Of the query or the path. */
  parameter?: string
  /** Into the body (RFC 6901). */
  pointer?: string
  detail: string
}

/** A refusal that this face itself raises. */
export class Refusal extends ContrailError {
  override name = 'Refusal'
  readonly headers: Record<string, string>
  readonly faults: readonly Fault[]
  constructor(
    code: ProblemCode,
    message: string,
    { headers = {}, faults = [] }: { headers?: Record<string, string>; faults?: readonly Fault[] } = {},
  ) {
    super(code, message)
    this.headers = headers
    this.faults = faults
  }
}

export interface Problem {
  status: number
  headers: Record<string, string>
  body: object
}

const maxDetail = 500

/** Where the reference page explains a code. */
function problemType(code: string): string {
  return `/api/v1/docs#problem-${code}`
}

/** A failure as an answer; anything unforeseen is `internal`, and told nothing about. */
export function toProblem(error: unknown, requestId: string): Problem {
  const code = codeOf(error)
  const { status, title } = problemKinds[code]
  const faults = error instanceof Refusal ? error.faults : faultsOf(error)
  const detail = code === 'internal' ? 'The server failed on this request; it has been logged.' : sentence(error)
  const retry = code === 'unavailable' ? { 'retry-after': '1' } : {}
  return {
    status,
    headers: { ...retry, ...(error instanceof Refusal ? error.headers : {}) },
    body: {
      type: problemType(code),
      title,
      status,
      detail,
      code,
      ...(faults.length > 0 && { errors: faults }),
      requestId,
    },
  }
}

function codeOf(error: unknown): ProblemCode {
  const code = error instanceof ContrailError ? error.code : 'internal'
  return Object.hasOwn(problemKinds, code) ? (code as ProblemCode) : 'internal'
}

/** Names of the 2008 wire, which core/ uses where both faces have the same rule. */
const fields: Readonly<Record<string, string>> = {
  ContactLists: '/lists',
  FromEmail: '/content/fromEmail',
  ReplyToEmail: '/content/replyToEmail',
  Subject: '/content/subject',
  Preheader: '/content/preheader',
  EmailContent: '/content/html',
  EmailTextContent: '/content/text',
  OrganizationAddress1: '/content/organizationAddress1',
  mjml: '/content/mjml',
  'basic-auth': '/basicAuth',
  topic: '/topics',
  ...Object.fromEntries(
    ['email', 'to', 'from', 'replyTo', 'subject', 'html', 'text', 'stream', 'domain', 'selector', 'contact', 'campaign', 'secret', 'certificate', 'name'].map(
      (name) => [name, `/${name}`],
    ),
  ), // oxfmt-ignore
}
const ofCampaign =
  /^(the campaign has no |)(Subject|FromEmail|Preheader|EmailContent|EmailTextContent|OrganizationAddress1)(?=[: ]|$)/

function faultsOf(error: unknown): Fault[] {
  if (!(error instanceof InvalidInputError) || error.field === undefined) return []
  const pointer = fields[error.field]
  return [{ ...(pointer ? { pointer } : { parameter: error.field }), detail: sentence(error) }]
}

function sentence(error: unknown): string {
  const message = (error as Error).message
    .replace(' (OptInSource ACTION_BY_CONTACT)', ' ("by": "contact")')
    .replace(ofCampaign, (_, before: string, name: string) => before + fields[name]!.slice(1).replace('/', '.'))
    .slice(0, maxDetail)
  return message.charAt(0).toUpperCase() + message.slice(1).replace(/\.?$/, '.')
}
