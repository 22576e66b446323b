// Words of what mail providers tell by webhook.

import type { HookProviderName } from '../../../../core/inbox/hook-event.ts'
import type { HookProvider } from '../../../../core/inbox/hook-provider.ts'
import type { InboxState } from '../../../../core/inbox/inbox.ts'

export const providerHooks = {
  title: 'Webhooks of providers',
  providers: {
    ses: 'Amazon SES', sendgrid: 'SendGrid', mailgun: 'Mailgun', postmark: 'Postmark', sparkpost: 'SparkPost', brevo: 'Brevo',
    mailjet: 'Mailjet', resend: 'Resend', mandrill: 'Mandrill', generic: 'A program of your own',
  } as Readonly<Record<HookProviderName, string>>, // oxfmt-ignore
  /** What proves that a request is the provider's. */
  proofs: {
    hmac: 'Signs with a secret',
    'public-key': 'Signs with a key of its own',
    certificate: 'Amazon signs; your topics count',
    nothing: 'Signs nothing: the address is the secret',
  } as Readonly<Record<HookProvider['signs'], string>>,
  endpoints: {
    title: 'Addresses for providers',
    none: 'No provider tells you anything yet',
    noneText:
      'Mail that goes out through Amazon SES, SendGrid, Postmark or another provider comes onto the same timelines, when the provider posts its webhooks here.',
    add: 'New address',
    columns: { provider: 'Provider', proof: 'What proves it', creates: 'Missing contacts', created: 'Made' },
    creates: 'are made',
    ignores: 'are left out',
    open: 'Open',
    openOf: (name: string) => `Open the address for ${name}`,
  },
  inbox: {
    title: 'What came in',
    statesLabel: 'State',
    all: 'All',
    states: { new: 'Waiting', done: 'Read', partly: 'In part', failed: 'Not understood' } as Readonly<
      Record<InboxState, string>
    >,
    columns: { at: 'Received', from: 'From', state: 'State', recorded: 'New', known: 'Known', left: 'Left out', why: 'Why not' }, // oxfmt-ignore
    none: 'Nothing came in',
    noneText: 'Each request of a provider stands here for 30 days, as it came, with what became of it.',
    noMatch: 'Nothing of this kind',
    replayAll: 'Read these again',
  },
  entry: {
    title: (id: string) => `Request ${id}`,
    facts: { received: 'Received', from: 'From', state: 'State', read: 'Read', size: 'Size', recorded: 'New on timelines', known: 'There before', ignored: 'Nothing for a timeline', unmapped: 'Could not be put there' }, // oxfmt-ignore
    bytes: (count: string) => `${count} bytes`,
    problems: 'Why not all of it is on timelines',
    item: (number: number) => `Event ${number}`,
    body: 'As it came',
    cut: (count: string) => `Only the first ${count} characters are shown.`,
    replay: 'Read it again',
    replayHint:
      'Nothing is recorded twice. After contacts or campaigns were imported, what could not be put on a timeline may find its place.',
  },
  form: {
    choose: 'Who sends your mail?',
    chooseText: 'Each provider proves in its own way that a request is its own.',
    title: (provider: string) => `New address for ${provider}`,
    name: 'What it is for (optional)',
    secret: {
      sendgrid: 'Public key', mailgun: 'HTTP webhook signing key', mandrill: 'Key of the webhook', resend: 'Signing secret',
      generic: 'Secret (optional)', postmark: 'Bearer token (optional)', sparkpost: 'Bearer token (optional)',
      brevo: 'Bearer token (optional)', mailjet: 'Bearer token (optional)', ses: '',
    } as Readonly<Record<HookProviderName, string>>, // oxfmt-ignore
    secretHint: {
      sendgrid: 'Shown by SendGrid under “Signed Event Webhook”.',
      mailgun: 'In Mailgun under “API security”.',
      mandrill: 'In Mandrill under “Webhooks”.',
      resend: 'Begins with whsec_.',
      generic: 'Begins with whsec_. Left empty, one is made and shown once.',
    } as Readonly<Partial<Record<HookProviderName, string>>>,
    basicAuth: 'User and password (optional)',
    basicAuthHint: 'As user:password, when the provider is told to log in with them.',
    topics: 'Topics of SNS',
    topicsHint: 'Their ARNs, one a line. Subscribe the address to them within a day: it is then confirmed by itself.',
    certificate: 'Certificate (optional)',
    certificateHint: 'PEM, to be believed in place of the one Amazon names. Needed where this server may not fetch it.',
    creates: 'Make contacts and campaigns that are missing',
    createsHint: 'From the addresses and tags in the events.',
    make: 'Make address',
  },
  endpoint: {
    title: (provider: string) => `Address for ${provider}`,
    give: 'Give this address to the provider. Whoever knows it can try to post there.',
    secretOnce: 'Sign with this secret. It is shown this one time.',
    done: 'Back to webhooks',
    secrets: 'What it is told by',
    rotateText: (count: number) =>
      count > 1
        ? 'The newest and the one before it are both right. When the provider uses the new one, forget the old.'
        : 'A new one is taken beside the one there is, so that nothing is lost while the provider changes.',
    rotate: 'Take a new one',
    finish: 'Forget the old one',
    newSecret: 'New secret',
    newBasicAuth: 'New user and password',
    connect: 'Subscriptions',
    connectText: 'Subscriptions of its topics are confirmed until',
    connectOver:
      'Its topics are not confirmed any more. Open a day for it, then subscribe or ask for confirmation again.',
    connectButton: 'Confirm for a day',
    remove: 'Remove',
    removeTitle: (provider: string) => `Remove the address for ${provider}?`,
    removeText: 'Nothing is taken there any more, and the provider is told to stop. What came in stays.',
  },
}
