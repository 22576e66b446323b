// Lists of the API as tables, page after page. Used by run-command.ts.

import { print } from '../context.ts'
import type { CliContext } from '../context.ts'
import { renderTable } from '../format.ts'
import { flatten, headOf } from './render-document.ts'

/** What of an item is worth a column, most telling first; of what is not named here, all. `--json` has everything. */
export const columnsOf: Readonly<Record<string, readonly string[]>> = {
  ApiKey: ['id', 'scopes', 'worksAlone', 'createdAt', 'revokedAt', 'name'],
  BounceReview: ['id', 'receivedAt', 'kind', 'code', 'recipient', 'reason', 'subject'],
  CampaignSummary: ['id', 'status', 'date', 'name'],
  ContactSummary: ['id', 'email', 'status', 'firstName', 'lastName', 'createdAt', 'optOutAt', 'optOutReason'],
  DkimKey: ['domain', 'selector', 'createdAt', 'retiredAt', 'record.name'],
  Event: [
    'at',
    'kind',
    'contactId',
    'email',
    'campaign.id',
    'campaign.name',
    'verdict',
    'code',
    'by',
    'url',
    'message',
  ],
  ListSummary: ['id', 'isDefault', 'sortOrder', 'name'],
  Webhook: ['id', 'state', 'name', 'kinds', 'url'],
}

export class TableWriter {
  readonly #context: CliContext
  readonly #item: string
  #columns: readonly string[] = []

  constructor(context: CliContext, item: string) {
    this.#context = context
    this.#item = item
  }

  /** Columns that are empty on a page are left out of it; the heads come again where the columns change. */
  async add(items: readonly object[]): Promise<void> {
    if (items.length === 0) return
    const rows = items.map((item) => flatten(item))
    const named = columnsOf[this.#item] ?? [...new Set(rows.flatMap((row) => [...row.keys()]))]
    const columns = named.filter((column) => rows.some((row) => (row.get(column) ?? '') !== ''))
    const cells = rows.map((row) => columns.map((column) => row.get(column) ?? ''))
    const isTime = (column: number): boolean =>
      cells.some((row) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(row[column]!))
    const heads = columns.map((name, i) => `${headOf(name)}${isTime(i) ? ' (UTC)' : ''}`)
    const lines = renderTable(heads, cells, this.#context.stdout.columns)
    const isSame = columns.join() === this.#columns.join()
    this.#columns = columns
    for (const line of isSame ? lines.slice(1) : lines) await print(this.#context, line)
  }
}
