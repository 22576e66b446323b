// Files to download, written row by row as the reader takes them: there may be more than fits into memory. Used by the pages
// that offer one.

const types = {
  csv: 'text/csv; charset=UTF-8',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
} as const

/** `name` is of our own making; what people wrote has no place in a header. */
export function download(name: string, type: keyof typeof types, text: AsyncIterable<string>): Response {
  const encoder = new TextEncoder()
  const parts = text[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await parts.return?.()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': types[type],
      'content-disposition': `attachment; filename="${name}.${type}"`,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    },
  })
}

type Cell = string | number | undefined | null

/** A line of CSV (RFC 4180 2), in which no cell is a formula to a spreadsheet. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map((cell) => csvCell(cell)).join(',')}\r\n`
}

// What a spreadsheet would take for a formula begins with one of these; an apostrophe makes it a text.
function csvCell(cell: Cell): string {
  const text =
    typeof cell === 'string' && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : String(cell ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
