// The chapters of the reference page, in its order. Used by openapi.ts.

export const tags = [
  { name: 'Contacts', description: 'People by e-mail address.' },
  { name: 'Events', description: 'What each contact did with each mail, with all the evidence there is.' },
  { name: 'Feed', description: 'Everything in the order it was recorded, for programs that follow.' },
  { name: 'Webhooks', description: 'The feed, delivered to an address of yours, signed.' },
  { name: 'Providers', description: 'What mail providers tell of your mail by their own webhooks.' },
  { name: 'Lists', description: 'Who gets what.' },
  { name: 'Campaigns', description: 'What was mailed, and what came of it.' },
  { name: 'Sending', description: 'Campaigns and single messages on their way out.' },
  { name: 'Suppressions', description: 'Addresses that get no mail, and mail that came back.' },
  { name: 'Privacy', description: 'Consent, export and erasure.' },
  { name: 'Account', description: 'Keys, senders, signing, jobs and verdicts.' },
]
