// `contrail send`: one message to one contact, such as an answer to an order, on the same timeline as everything else.

import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { parseEmail } from '../../core/contacts/email.ts'
import { getMessage } from '../../core/sending/outgoing-message.ts'
import type { MessageState } from '../../core/sending/outgoing-message.ts'
import { sendSingle } from '../../core/sending/send-single.ts'
import { ContrailError, InvalidInputError } from '../../errors.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { withAccount, withSettings } from './options.ts'
import type { AccountOptions } from './options.ts'
import { sendHereIfNobodyDoes, warnIfNobodySends } from './send-here.ts'
import type { Sending } from './send-here.ts'
import { withAccountApp } from './with-app.ts'

interface SendOptions extends AccountOptions {
  from: string
  fromName?: string
  replyTo?: string
  subject: string
  html?: string
  text?: string
  values?: string
  stream: string
  idempotencyKey?: string
  wait: boolean
}

export function addSend(program: Command, context: CliContext): void {
  const command = program.command('send <email>').summary('send one message to one contact, made if there is none')
  withSettings(withAccount(command), ['relay', 'publicHost', 'bounceDomain'])
    .requiredOption('--from <email>', 'the sender, an address of the account')
    .requiredOption('--subject <text>', 'the subject; a template, as all texts are')
    .option('--from-name <name>', 'the name of the sender')
    .option('--reply-to <email>', 'where answers go')
    .option('--html <file>', 'the message as HTML ("-": standard input)')
    .option('--text <file>', 'the message as text; else it is made of the HTML')
    .option('--values <json>', 'an object whose values the templates can print')
    .addOption(new Option('--stream <name>', 'the name under which such messages are kept').default('Single messages'))
    .option('--idempotency-key <key>', 'the same key again sends nothing, for a day at least')
    .option('--no-wait', 'return at once; servers that run go on')
    .addHelpText(
      'after',
      '\nExample:\n  echo \'<p>Order {{ order }} is on its way.</p>\' | contrail send ada@mail.com --from joe@joesflowers.example \\\n    --subject "Your order {{ order }}" --html - --values \'{"order": 7}\' --idempotency-key order-7',
    )
    .action((email: string, options: SendOptions) => send(context, email, options))
}

async function send(context: CliContext, email: string, options: SendOptions): Promise<void> {
  const to = parseEmail(email)
  const message = {
    to,
    stream: options.stream,
    from: { email: parseEmail(options.from), name: options.fromName },
    replyTo: options.replyTo === undefined ? undefined : parseEmail(options.replyTo),
    subject: options.subject,
    html: await readPart(context, options.html),
    text: await readPart(context, options.text),
    data: parseData(options.values),
  }
  await withAccountApp(context, options, async (app, { accountId }) => {
    await using sending = options.wait ? await sendHereIfNobodyDoes(context, app) : undefined
    const queued = await sendSingle(app.db, accountId, message, options.idempotencyKey, app.now())
    const told = { to, contact: queued.contactId, sendId: queued.sendId, isNew: queued.isNew }
    if (!sending) {
      await warnIfNobodySends(context, app)
      return await print(context, options.json ? JSON.stringify(told) : `${queued.sendId} waits to be handed over.`)
    }
    const { state, reply } = await untilOver(sending, app, accountId, queued)
    if (state !== 'accepted')
      throw new ContrailError('not_sent', `${queued.sendId} is ${state}: ${reply ?? 'no reason is known'}`)
    await print(
      context,
      options.json ? JSON.stringify({ ...told, state }) : `The relay has ${queued.sendId} for ${to}.`,
    )
  })
}

async function untilOver(
  sending: Sending,
  app: App,
  accountId: number,
  key: Parameters<typeof getMessage>[2],
): Promise<MessageState> {
  for (;;) {
    const message = await getMessage(app.db, accountId, key)
    if (!['pending', 'claimed', 'in-flight'].includes(message.state)) return message
    await sending.pause(100)
  }
}

async function readPart(context: CliContext, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  return file === '-' ? text(context.stdin) : readFile(file, 'utf8')
}

function parseData(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined
  try {
    const data: unknown = JSON.parse(json)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new InvalidInputError('--values must be a JSON object', 'values')
}
