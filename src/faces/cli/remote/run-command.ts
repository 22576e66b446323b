// One operation, asked of the server and shown. Used by api.ts.

import type { Contrail, Page, Pages } from '../../../../sdk/src/index.ts'
import { InvalidInputError } from '../../../errors.ts'
import { isHeard, print } from '../context.ts'
import type { CliContext } from '../context.ts'
import { renderJson, styled } from '../format.ts'
import { readBody } from './body.ts'
import type { BodyOptions } from './body.ts'
import type { ServerOptions } from './choose-server.ts'
import { withServer } from './client.ts'
import { attributeOf } from './field-option.ts'
import type { ApiCommand } from './operations.ts'
import { RemoteError } from './remote-error.ts'
import { renderDocument } from './render-document.ts'
import { TableWriter } from './table-writer.ts'

export interface ApiOptions extends ServerOptions, BodyOptions {
  json?: boolean
  all?: boolean
  cursor?: string
  limit?: number
  idempotencyKey?: string
  ifMatch?: string
  etag?: boolean
}

type Method = (...given: unknown[]) => Promise<unknown> | Pages<object>

const usualLimit = 50

export async function runApiCommand(
  context: CliContext,
  command: ApiCommand,
  ids: readonly string[],
  options: ApiOptions,
): Promise<void> {
  const given = command.arguments.map((argument, i) => parseId(argument, ids[i]!))
  // Before anything is asked: what is typed wrongly costs no request.
  const body = command.body && (await readBody(context, command.body, options))
  await withServer(context, options, async (client) => {
    const ask = methodOf(client, command)
    const query = Object.fromEntries(command.query.map((field) => [field.path[0]!, options[attributeOf(field)]]))
    const before = [...given, ...(body ? [body] : [])]
    if (command.pageLimit !== undefined)
      return showPages(context, command, options, (page) => ask(...before, { ...query, ...page }, {}) as Pages<object>)
    let tag: string | null = null
    const value = await ask(...before, ...(command.query.length > 0 ? [query] : []), {
      ...(options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey }),
      ...(options.ifMatch !== undefined && { ifMatch: options.ifMatch }),
      onResponse: ({ headers }: Response) => (tag = headers.get('etag')),
    })
    await showValue(context, command, options, value, tag)
  })
}

/** Empty, or a step in a path, an id would lead to another address. Throws InvalidInputError. */
function parseId({ name, isInteger }: ApiCommand['arguments'][number], text: string): string {
  if (isInteger ? !/^\d{1,16}$/.test(text) : /^\.{0,2}$/.test(text))
    throw new InvalidInputError(`"${text}" is no ${name === 'id' ? 'id' : `id of a ${name}`}`, name)
  return text
}

function methodOf(client: Contrail, { place }: ApiCommand): Method {
  const group = client[place.group as keyof Contrail] as unknown as Record<string, Method>
  return group[place.method]!
}

async function showValue(
  context: CliContext,
  command: ApiCommand,
  options: ApiOptions,
  value: unknown,
  tag: string | null,
): Promise<void> {
  if (options.etag) return print(context, tag ?? '')
  if (value === undefined) return options.json ? undefined : print(context, 'Done.')
  if (options.json) return print(context, renderJson(value))
  if (command.item !== undefined) {
    if (!isPage(value)) throw notUnderstood()
    await new TableWriter(context, command.item).add(value.items)
    return note(context, value.items.length, value.next !== undefined && `Go on with --after ${value.next}`)
  }
  for (const line of renderDocument(value, context.stdout.columns)) await print(context, line)
}

/** As many pages as --limit or --all ask for. */
async function showPages(
  context: CliContext,
  command: ApiCommand,
  options: ApiOptions,
  read: (page: { limit: number; cursor: string | undefined }) => Pages<object>,
): Promise<void> {
  const table = new TableWriter(context, command.item!)
  const document: Page<object> = { items: [] }
  let left = options.all ? Infinity : (options.limit ?? usualLimit)
  let cursor = options.cursor
  let shown = 0
  do {
    const page = await read({ limit: Math.min(left, command.pageLimit!), cursor })
    if (!isPage(page)) throw notUnderstood()
    if (!options.json) await table.add(page.items)
    else if (options.all) for (const item of page.items) await print(context, renderJson(item))
    else document.items.push(...page.items)
    shown += page.items.length
    left -= page.items.length
    cursor = page.next
    // Whoever reads, as `head` does, may have had enough.
  } while (cursor !== undefined && left > 0 && isHeard(context))
  if (!isHeard(context)) return
  if (!options.json) return note(context, shown, cursor !== undefined && '--all shows every one')
  if (!options.all) await print(context, renderJson({ ...document, ...(cursor !== undefined && { next: cursor }) }))
}

/** What answers may be no Contrail, or a later one. */
function isPage(value: unknown): value is Page<object> {
  const { items } = (value ?? {}) as { items?: unknown }
  return Array.isArray(items) && items.every((item) => typeof item === 'object' && item !== null)
}

function notUnderstood(): RemoteError {
  return new RemoteError('not_understood', 'the answer is no list: is this a Contrail server?')
}

function note({ stderr }: CliContext, shown: number, more: string | false): void {
  const text =
    shown === 0 && !more ? 'There is nothing that fits.' : more ? `The first ${shown} are shown. ${more}.` : ''
  if (text !== '') stderr.write(`${styled(stderr, 'dim', text)}\n`)
}
