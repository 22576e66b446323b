// What can go wrong, as classes with codes that never change. Thrown by every call.

/** What is wrong with one part of a request. */
export interface Fault {
  parameter?: string
  pointer?: string
  detail: string
}

/** The server refused. `code` is for programs, `message` for people. */
export class ContrailError extends Error {
  override name = 'ContrailError'
  readonly code: string
  readonly status: number
  readonly faults: readonly Fault[]
  /** To find it in the server's log by. */
  readonly requestId: string | undefined
  /** In seconds, where the server says how long to wait. */
  readonly retryAfter: number | undefined

  constructor(problem: {
    code: string
    status: number
    message: string
    faults?: readonly Fault[]
    requestId?: string | undefined
    retryAfter?: number | undefined
  }) {
    super(problem.message)
    this.code = problem.code
    this.status = problem.status
    this.faults = problem.faults ?? []
    this.requestId = problem.requestId
    this.retryAfter = problem.retryAfter
  }
}

/** No answer came, however often it was tried; `cause` says why. */
export class ConnectionError extends Error {
  override name = 'ConnectionError'
  readonly code = 'no_answer'
}

/** A webhook that was not signed by who it says, or too long ago. */
export class WebhookError extends Error {
  override name = 'WebhookError'
  readonly code = 'bad_signature'
}

/** The answer of the server as an error, whatever it is. */
export async function errorOf(response: Response): Promise<ContrailError> {
  const text = await response.text().catch(() => '')
  const problem = parse(text)
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ContrailError({
    code: problem.code ?? `http_${response.status}`,
    status: response.status,
    message: problem.detail ?? problem.title ?? `the server answered ${response.status}`,
    faults: problem.errors ?? [],
    requestId: problem.requestId ?? response.headers.get('x-request-id') ?? undefined,
    retryAfter: Number.isNaN(wait) ? undefined : wait,
  })
}

interface Problem {
  code?: string
  title?: string
  detail?: string
  errors?: Fault[]
  requestId?: string
}

function parse(text: string): Problem {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // A proxy in between, perhaps.
    return {}
  }
}
