// `contrail list create|show`: the lists campaigns go to.

import type { Command } from 'commander'
import { countMembers, listLists } from '../../core/lists/list.ts'
import type { List } from '../../core/lists/list.ts'
import { createList } from '../../core/lists/write-list.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { formatCount, renderTable } from './format.ts'
import { withAccount } from './options.ts'
import type { AccountOptions } from './options.ts'
import { withAccountApp } from './with-app.ts'

const perPage = 200

export function addList(program: Command, context: CliContext): void {
  const list = program.command('list').summary('the lists campaigns go to')
  withAccount(
    list.command('create <name>').summary('a new list; contacts join it by import, API or bulk activity'),
  ).action((name: string, options: AccountOptions) => create(context, name, options))
  withAccount(list.command('show').summary('all lists, with their members')).action((options: AccountOptions) =>
    show(context, options),
  )
}

async function create(context: CliContext, name: string, options: AccountOptions): Promise<void> {
  const { listId } = await withAccountApp(context, options, (app, { accountId }) =>
    createList(app.db, accountId, { name, isOptInDefault: false, sortOrder: 0 }, app.now()),
  )
  await print(context, options.json ? JSON.stringify({ id: listId, name }) : `List ${listId} is "${name}".`)
}

async function show(context: CliContext, options: AccountOptions): Promise<void> {
  await withAccountApp(context, options, async (app, { accountId }) => {
    for (let after: List | undefined; ;) {
      const page = await listLists(app.db, accountId, { after, limit: perPage })
      const rows: [List, number][] = []
      for (const list of page) rows.push([list, await countMembers(app.db, accountId, list.listId)])
      const lines = options.json
        ? rows.map(([{ listId, name }, members]) => JSON.stringify({ id: listId, name, members }))
        : renderTable(
            ['ID', 'MEMBERS', 'NAME'],
            rows.map(([{ listId, name }, members]) => [String(listId), formatCount(members).padStart(7), name]),
            context.stdout.columns,
          )
      for (const line of after === undefined || options.json ? lines : lines.slice(1)) await print(context, line)
      if (page.length < perPage) return
      after = page.at(-1)
    }
  })
}
