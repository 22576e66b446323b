// The demo's contacts: contact 32 as documented in 2008, the rest drawn from a seed. Used by demo-data.ts.

import type { ImportedContact } from '../contacts/import-contact.ts'
import { pick, seeded } from './random.ts'

export interface DemoContact extends ImportedContact {
  contactId: number
  createdAt: number
}

const contactCount = 1200
/** The one of the documentation's example, with its address and times. */
export const exampleContactId = 32

const firstNames = ['Ada', 'Ben', 'Carla', 'Dana', 'Elif', 'Finn', 'Grace', 'Hugo', 'Ines', 'Jon', 'Karin', 'Liam', 'Maya', 'Noor', 'Otto', 'Priya', 'Quinn', 'Rosa', 'Sven', 'Tess', 'Uma', 'Viktor', 'Wendy', 'Yara', 'Zoë'] // oxfmt-ignore
const lastNames = ['Abbott', 'Berg', 'Castro', 'Dunn', 'Ekström', 'Fischer', 'Garcia', 'Hahn', 'Ito', 'Jansen', 'Kowalski', 'Larsen', 'Moreau', 'Nguyen', 'Olsen', 'Patel', 'Quist', 'Rossi', 'Sato', 'Turner', 'Ueda', 'Vega', 'Walsh', 'Young', 'Zeller'] // oxfmt-ignore
const domains = ['mail.example', 'example.com', 'example.net', 'example.org', 'post.example']
const towns: readonly [city: string, stateCode: string, stateName: string, postalCode: string][] = [
  ['Waltham', 'MA', 'Massachusetts', '02451'],
  ['Boston', 'MA', 'Massachusetts', '02108'],
  ['Providence', 'RI', 'Rhode Island', '02903'],
  ['Portland', 'ME', 'Maine', '04101'],
]

export function demoContacts(): DemoContact[] {
  const random = seeded(2008)
  const start = Date.UTC(2008, 0, 7)
  const end = Date.UTC(2008, 10, 30)
  return Array.from({ length: contactCount }, (_, i) => {
    const contactId = i + 1
    const firstName = pick(random, firstNames)
    const lastName = pick(random, lastNames)
    const [city, stateCode, stateName, postalCode] = pick(random, towns)
    const createdAt = Math.floor(start + ((end - start) * (i + random())) / contactCount)
    const mailbox = `${firstName}.${lastName}.${contactId}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    if (contactId === exampleContactId) return exampleContact()
    return {
      contactId,
      email: `${mailbox}@${pick(random, domains)}`,
      firstName,
      lastName,
      createdAt,
      optInSource: random() < 0.6 ? 'contact' : 'customer',
      lists: random() < 0.4 ? ['General Interest', 'Garden Club'] : ['General Interest'],
      profile: { city, stateCode, stateName, countryCode: 'us', countryName: 'United States', postalCode },
    }
  })
}

function exampleContact(): DemoContact {
  const createdAt = Date.parse('2008-09-09T14:44:14.233Z')
  return {
    contactId: exampleContactId,
    email: 'jflowers@mail.com',
    createdAt,
    optInSource: 'customer',
    lists: ['General Interest'],
  }
}
