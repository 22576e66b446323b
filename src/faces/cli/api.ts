// `contrail api NOUN VERB`: every operation of the JSON API against a server elsewhere. Made of openapi.json, so that none is
// missing.

import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import { fillLater } from './fill-later.ts'
import { renderJson } from './format.ts'
import { parseCount, parseKinds } from './options.ts'
import { parseFieldArgument } from './remote/body.ts'
import { withServer, withServerOptions } from './remote/client.ts'
import { toHistoryEvent } from './remote/events.ts'
import { optionsOf } from './remote/field-option.ts'
import { followFeed } from './remote/follow-feed.ts'
import type { FollowOptions } from './remote/follow-feed.ts'
import { ingestFile } from './remote/ingest-command.ts'
import { listNouns } from './remote/operations.ts'
import type { ApiCommand } from './remote/operations.ts'
import { runApiCommand } from './remote/run-command.ts'
import type { ApiOptions } from './remote/run-command.ts'
import { describeFollowed } from './tail.ts'

export function addApi(program: Command, context: CliContext): void {
  const api = program
    .command('api')
    .summary('every operation of the JSON API, on a server elsewhere')
    .usage('NOUN VERB [ids] [options]')
    .addHelpText(
      'after',
      '\nExamples:\n  contrail api contacts list --email jflowers@mail.com\n  contrail api contacts events 32 --kind click --all --json\n  contrail api campaigns create --name "October" --subject "Specials" --html @mail.html --lists 1\n  contrail api events ingest history.ndjson.gz\n  contrail api feed tail',
    )
  fillLater(api, () => {
    for (const { name, commands } of listNouns()) {
      const noun = api.command(name)
      for (const command of commands) addOperation(noun, context, command)
      if (name === 'feed') addTail(noun, context)
      noun.summary(noun.commands.map((verb) => verb.name()).join(', '))
    }
  })
}

function addOperation(noun: Command, context: CliContext, command: ApiCommand): void {
  const verb = noun.command(command.verb).summary(command.summary)
  verb.description([`${sentence(command.summary)}.`, command.description].filter(Boolean).join('\n\n'))
  if (command.isBulk) {
    addCommonOptions(verb)
    verb.argument('<file>', 'a line of JSON for each, gzip or not; "-": standard input')
    verb.action((file: string, options: ApiOptions) => ingestFile(context, command, file, options))
    return
  }
  for (const { name, description } of command.arguments) verb.argument(`<${name}>`, description)
  for (const field of [...command.query, ...(command.body ?? [])])
    for (const option of optionsOf(field)) verb.addOption(option)
  addOwnOptions(verb, command)
  addCommonOptions(verb)
  verb.action((...given: unknown[]) => {
    const ids = given.slice(0, command.arguments.length) as string[]
    return runApiCommand(context, command, ids, given[command.arguments.length] as ApiOptions)
  })
}

function addCommonOptions(verb: Command): void {
  withServerOptions(verb).option('--json', 'the answer as JSON, errors as JSON on standard error')
}

/** Those that are of the command line and not of the operation. */
function addOwnOptions(verb: Command, command: ApiCommand): void {
  if (command.pageLimit !== undefined)
    verb
      .option('--limit <count>', 'how many at most; 50 unless said', parseCount)
      .option('--all', 'every one, however many; with --json a line each')
      .option('--cursor <text>', 'go on from here: "next" of an earlier answer')
  if (command.body && command.body.length > 0)
    verb
      .option('--data <json>', 'the body as JSON, "@FILE" that has it, or "-" for standard input; flags go over it')
      .option('--field <name=value>', 'any field of the body, also in a part: profile.city=Boston', parseFieldArgument)
  if (command.takesIdempotencyKey)
    verb.option('--idempotency-key <text>', 'sent again with the same key within 24 hours it does nothing')
  if (command.takesIfMatch) verb.option('--if-match <etag>', 'only if this is still its ETag: see --etag of "get"')
  if (command.hasTag) verb.option('--etag', 'its ETag alone, for --if-match')
}

function addTail(noun: Command, context: CliContext): void {
  withServerOptions(noun.command('tail').summary('events as they are recorded, until stopped'))
    .option('--kind <kinds>', 'only these kinds, separated by commas', parseKinds)
    .option('--from-start', 'everything that was ever recorded first')
    .option('--after <cursor>', 'go on from where an earlier run was: "next" of its last line with --json')
    .option('--no-follow', 'end when there is nothing more for now')
    .option('--limit <count>', 'end after so many', parseCount)
    .option('--json', 'a line of JSON for each event, errors as JSON on standard error')
    .action((options: FollowOptions & ApiOptions) =>
      withServer(context, options, (client) =>
        followFeed(context, client, options, ({ event, place }) =>
          options.json ? renderJson({ ...event, next: place }) : describeFollowed(toHistoryEvent(event)),
        ),
      ),
    )
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
