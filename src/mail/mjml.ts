// MJML to HTML, once, where a campaign is saved; never for each contact.

interface MjmlFault {
  message: string
  /** Counted from 1. */
  line?: number
  tag?: string
}

/** `warnings` are of attributes and elements that MJML knows nothing of; `faults` are why there is no HTML. */
export type MjmlResult = { html: string; warnings: MjmlFault[] } | { html?: undefined; faults: MjmlFault[] }

/** Characters; it takes some milliseconds for a thousand. */
export const maxMjmlLength = 500_000

/**
 * Takes half a second the first time, when the compiler is loaded. Liquid tags stay; those around elements belong into
 * `<mj-raw>`. No file is read, and no font is fetched that the mail does not name itself.
 */
export async function compileMjml(source: string): Promise<MjmlResult> {
  if (source.length > maxMjmlLength) return fail(`it is longer than ${maxMjmlLength} characters`)
  const include = /<mj-include\b/i.exec(source)
  if (include)
    return fail('mj-include would read a file, and a mail has none', lineOf(source, include.index), 'mj-include')
  const { default: compile } = await import('mjml')
  try {
    const { html, errors } = await compile(source, { fonts: {}, ignoreIncludes: true, validationLevel: 'soft' })
    return { html, warnings: errors.map(({ message, line, tagName }) => ({ message, line, tag: tagName })) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // Nested deeper than the compiler can follow.
    return fail(error instanceof RangeError ? 'it is nested too deep' : error.message)
  }
}

function fail(message: string, line?: number, tag?: string): MjmlResult {
  return { faults: [{ message, ...(line !== undefined && { line }), ...(tag !== undefined && { tag }) }] }
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length
}
