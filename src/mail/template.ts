// Merge templates: Liquid in the subject, the HTML, the text and addresses of a campaign. Called when a campaign is saved
// (compile), checked (variables) and sent (render).

import { Context, Liquid, LiquidError, Output, Value } from 'liquidjs'
import type { Template } from 'liquidjs'
import { InvalidInputError } from '../errors.ts'
import { replaceOldTags } from './old-merge-tags.ts'

/** `header` is for one line: nothing is escaped, and what breaks lines becomes a blank. */
export type TemplateUse = 'html' | 'text' | 'header'

/** Keep it and render it for each contact. What else is in it is nobody's business but this file's. */
export interface CompiledTemplate {
  readonly use: TemplateUse
}

export interface Rendered {
  text: string
  /** What was printed and had no value, in the order met, each once; it prints as nothing. A `default` is a value. */
  missing: string[]
}

/** A template that can't be compiled, or was stopped by a limit; lines and columns are counted from 1. */
export class TemplateError extends InvalidInputError {
  override name = 'TemplateError'
  readonly line: number | undefined
  readonly column: number | undefined
  constructor(message: string, line?: number, column?: number) {
    super(line === undefined ? message : `line ${line}, column ${column}: ${message}`, 'template')
    this.line = line
    this.column = column
  }
}

/** Characters of source, milliseconds a rendering, things made by it (characters and list items). */
export const templateLimits = { parse: 2_000_000, renderMs: 1000, memory: 20_000_000 }

interface Compiled extends CompiledTemplate {
  liquid: Liquid
  templates: Template[]
  /** What each output prints, by the number its look has. */
  printed: string[]
}

/** The name of our filter, which nobody else's template would use, and of the register it writes to. */
const look = 'contrail_look'

const engines = { html: makeEngine('escape'), text: makeEngine(), header: makeEngine() }

/** Throws TemplateError: wrong syntax, an unknown filter, too long, or a tag that would read another template. */
export function compileTemplate(source: string, use: TemplateUse): CompiledTemplate {
  const liquid = engines[use]
  const printed: string[] = []
  const templates = guard(() => liquid.parse(replaceOldTags(source)))
  watchOutputs(templates, liquid, printed)
  return { use, liquid, templates, printed } satisfies Compiled as CompiledTemplate
}

/**
 * Synchronous and safe against hostile templates: throws TemplateError when one takes too long or too much memory.
 * Fields that are empty should not be in the data: to Liquid, an empty text is true.
 */
export function renderTemplate(template: CompiledTemplate, data: Readonly<Record<string, unknown>>): Rendered {
  const { use, liquid, templates, printed } = template as Compiled
  const context = new Context(data, liquid.options, { sync: true }, { liquid })
  const empty = new Set<number>()
  context.setRegister(look, empty)
  const text = String(guard(() => liquid.renderSync(templates, context)))
  return {
    text: use === 'header' ? text.replace(/[\p{Cc}\s]+/gu, ' ').trim() : text,
    missing: [...new Set([...empty].map((number) => printed[number] ?? ''))],
  }
}

/** The paths it reads from the data, such as `contact.firstName`, sorted; those it assigns itself are not among them. */
export function listVariables(template: CompiledTemplate): string[] {
  const { liquid, templates } = template as Compiled
  return [...new Set(liquid.globalFullVariablesSync(templates, { partials: false }))].sort()
}

function makeEngine(outputEscape?: 'escape'): Liquid {
  const liquid = new Liquid({
    ...(outputEscape && { outputEscape }),
    ownPropertyOnly: true,
    strictFilters: true,
    // Nothing to include, so that no file system is ever asked.
    templates: {},
    timezoneOffset: 0,
    locale: 'en-US',
    parseLimit: templateLimits.parse,
    renderLimit: templateLimits.renderMs,
    memoryLimit: templateLimits.memory,
  })
  liquid.registerFilter(look, noteEmpty)
  for (const name of ['include', 'render', 'layout', 'block'])
    liquid.registerTag(name, {
      parse() {
        throw new Error(`{% ${name} %} would read another template, and a mail has none`)
      },
      render: () => undefined,
    })
  return liquid
}

/** Puts a look at the value before the filters of everything that is printed, however deep in other tags. */
function watchOutputs(templates: readonly Template[], liquid: Liquid, printed: string[]): void {
  for (const template of templates) {
    if (template instanceof Output) {
      const path = /^[^|]*/.exec(template.token.content)![0].trim()
      const { filters } = template.value
      // A literal is never missing, and a default is there for what is.
      if (!/^["'\d]/.test(path) && filters[0]?.name !== 'default')
        filters.unshift(...new Value(`nil | ${look}: ${printed.push(path) - 1}`, liquid).filters)
      continue
    }
    watchOutputs(listChildren(template), liquid, printed)
  }
}

function listChildren(template: Template): Template[] {
  const steps = template.children?.(false, true)
  for (let step = steps?.next(); step; step = steps?.next()) if (step.done) return step.value
  return []
}

function noteEmpty(this: { context: Context }, value: unknown, number: unknown): unknown {
  if (value === undefined || value === null || value === '')
    this.context.getRegister<Set<unknown>>(look, new Set()).add(number)
  return value
}

/** Runs what may throw an error of Liquid's, and throws ours. */
function guard<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = error.message.replace(/, line:\d+, col:\d+$/, '').replace(/, file:.*$/, '')
    const [line, column] = LiquidError.is(error) ? error.token.getPosition() : []
    throw new TemplateError(message, line, column)
  }
}
