// What this face answers to requests that it does not carry out (RFC 9457).

export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.headers = headers
  }

  toResponse(): Response {
    const { status, code, message: detail } = this
    const headers = { ...this.headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
    return new Response(`${JSON.stringify({ status, code, detail })}\n`, { status, headers })
  }
}
