// Words of the start page.

export const home = {
  title: (name: string) => `Hello ${name}`,
  lead: 'What did this contact do? Type an address above, or begin here.',
  latest: 'Latest activity',
  allContacts: 'All contacts',
  campaigns: 'Latest campaigns',
  allCampaigns: 'All campaigns',
  noEvents: 'Nobody has opened, clicked or answered lately.',
  begin: 'Three steps to begin',
  steps: {
    contacts: 'Bring your contacts',
    contactsText: 'A file with one address a line will do; names and other columns come along.',
    sender: 'Name your sender',
    senderText: 'The address that your campaigns come from.',
    key: 'Let your applications in',
    keyText: 'A key for each of them: what they send and learn then stands in the history of every contact.',
  },
  demo: 'Or look around first',
  demoText:
    'A flower shop’s year: 1,200 made-up contacts, eleven campaigns and what everybody did with them. It goes into this account, so take one you can do without.',
  demoButton: 'Fill with demo data',
}
