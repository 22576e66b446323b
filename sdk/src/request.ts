// One request: sent, tried again where that does no harm, and read. Used by every operation.

import { ConnectionError, ContrailError, errorOf } from './errors.ts'

/** How to reach a server. */
export interface Settings {
  /** Such as `https://mail.example.com`. */
  url: string
  /** An API key that works alone, or an access token. */
  key: string
  /** Stands in for the global one. */
  fetch?: typeof fetch
  /** How often a request is tried again that found no answer, or "try again"; 3 when absent. */
  retries?: number
  /** In ms, for each try; 30 000 when absent. */
  timeout?: number
  headers?: Readonly<Record<string, string>>
}

/** For one call. */
export interface CallOptions {
  signal?: AbortSignal | undefined
  /** Of what is made: a request that comes twice with it is done once. One is made up where there is none. */
  idempotencyKey?: string
  /** Only if this is still its `ETag`. */
  ifMatch?: string
  headers?: Readonly<Record<string, string>>
  /** Called with the answer before its body is read: for its `ETag` and other headers. */
  onResponse?: (response: Response) => void
}

export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** True: it takes an Idempotency-Key. */
  isKeyed?: boolean
  /** True: done twice it does no more than once, though it is a POST without a key. */
  isRepeatable?: boolean
}

export interface Input {
  path?: readonly (string | number)[]
  query?: object | undefined
  body?: unknown
}

const firstPause = 250
const longestPause = 8000
/** A server that asks for more than this is not waited for. In ms. */
const longestWait = 60_000

/** The answer, which is a success; throws ContrailError or ConnectionError. */
export async function send(
  settings: Settings,
  operation: Operation,
  input: Input,
  options: CallOptions = {},
): Promise<Response> {
  const { retries = 3 } = settings
  const headers = headersOf(settings, operation, input, options)
  const isRepeatable = operation.method !== 'POST' || operation.isRepeatable === true || 'idempotency-key' in headers
  const body = input.body === undefined ? null : JSON.stringify(input.body)
  const url = addressOf(settings.url, operation.path, input)
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted()
    const outcome = await attemptOnce(settings, url, { method: operation.method, headers, body }, options.signal)
    if (outcome instanceof Response && outcome.ok) return outcome
    const error = outcome instanceof Response ? await errorOf(outcome) : outcome
    const wait = pauseBefore(error, attempt, isRepeatable)
    if (wait === undefined || attempt >= retries) throw error
    await pause(wait, options.signal)
  }
}

/** The same, read as JSON; undefined where there is no body. */
export async function call<T>(
  settings: Settings,
  operation: Operation,
  input: Input,
  options?: CallOptions,
): Promise<T> {
  const response = await send(settings, operation, input, options)
  options?.onResponse?.(response)
  const text = response.status === 204 ? '' : await response.text()
  return (text === '' ? undefined : parse(text, response.status)) as T
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Something in between, or no Contrail at all.
    throw new ContrailError({ code: 'not_understood', status, message: 'the answer is not JSON' })
  }
}

async function attemptOnce(
  settings: Settings,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response | ConnectionError> {
  const late = AbortSignal.timeout(settings.timeout ?? 30_000)
  try {
    const ask = settings.fetch ?? fetch
    return await ask(url, { ...init, redirect: 'error', signal: signal ? AbortSignal.any([signal, late]) : late })
  } catch (error) {
    if (signal?.aborted) throw error
    return new ConnectionError(late.aborted ? 'the server took too long to answer' : 'the server could not be reached', { cause: error }) // oxfmt-ignore
  }
}

function headersOf(
  settings: Settings,
  operation: Operation,
  input: Input,
  options: CallOptions,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...settings.headers,
    ...options.headers,
    authorization: `Bearer ${settings.key}`,
  }
  if (input.body !== undefined) headers['content-type'] = 'application/json'
  if (operation.isKeyed) headers['idempotency-key'] = options.idempotencyKey ?? crypto.randomUUID()
  if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch
  return headers
}

function addressOf(base: string, path: string, { path: values = [], query = {} }: Input): string {
  let next = 0
  const filled = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(String(values[next++])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query) as [string, unknown][])
    if (value !== undefined) search.set(name, textOf(value))
  const question = search.toString()
  return `${base.replace(/\/+$/, '')}/api/v1${filled}${question && `?${question}`}`
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? value.map(textOf).join(',') : String(value)
}

// In ms; undefined where trying again would do harm, or no good.
function pauseBefore(
  error: ContrailError | ConnectionError,
  attempt: number,
  isRepeatable: boolean,
): number | undefined {
  const isBusy = error instanceof ContrailError && (error.status === 429 || error.status === 503)
  const isLost = error instanceof ConnectionError || error.status === 502 || error.status === 504
  // What was turned away was not done; what was lost may have been.
  if (!isBusy && !(isLost && isRepeatable)) return undefined
  const asked = error instanceof ContrailError ? error.retryAfter : undefined
  if (asked !== undefined) return asked * 1000 > longestWait ? undefined : asked * 1000 + Math.random() * firstPause
  return Math.random() * Math.min(longestPause, firstPause * 2 ** (attempt + 1))
}

/** Waits, unless it is told to stop. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal!.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
