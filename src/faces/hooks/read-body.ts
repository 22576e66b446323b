// Reads the body of a request, up to a limit. Used by routes.ts.

/** More is refused. */
export const maxBodyBytes = 5 * 2 ** 20

/** Undefined when it is longer than the limit. */
export async function readBody(request: Request): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length')) > maxBodyBytes) return undefined
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of request.body ?? []) {
    bytes += part.length
    if (bytes > maxBodyBytes) return undefined
    parts.push(part)
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}
