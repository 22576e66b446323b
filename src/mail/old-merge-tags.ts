// The merge tags that Constant Contact's editors wrote into mails, as Liquid: `[[FirstName]]`, `[[FIRSTNAME OR "friend"]]`.
// Called by template.ts before a template is parsed.

/** By their name in lower case without blanks, hyphens and underscores. */
const paths: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'firstName middleName lastName jobTitle companyName homePhone workPhone addr1 addr2 addr3 city stateCode stateName',
      'countryCode countryName postalCode subPostalCode',
    ]
      .join(' ')
      .split(' ')
      .map((field) => [field.toLowerCase(), field]),
  ),
  ...Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`customfield${i + 1}`, `customField${i + 1}`])),
  email: 'email',
  emailaddress: 'email',
  company: 'companyName',
  phone: 'homePhone',
  state: 'stateName',
  country: 'countryName',
  zip: 'postalCode',
  zipcode: 'postalCode',
}

const tag = /\[\[\s*([A-Za-z][\w -]{0,40}?)\s*(?:\b[Oo][Rr]\s+(?:"([^"\]]{0,100})"|'([^'\]]{0,100})')\s*)?\]\]/g

/** Names that no contact has a field of stay as they are. No line is added or taken away. */
export function replaceOldTags(source: string): string {
  if (!source.includes('[[')) return source
  return source.replace(tag, (whole, name: string, double?: string, single?: string) => {
    const path = paths[name.toLowerCase().replace(/[ _-]/g, '')]
    if (path === undefined) return whole
    const fallback = double ?? single
    if (fallback === undefined) return `{{ contact.${path} }}`
    return `{{ contact.${path} | default: ${double === undefined ? `'${fallback}'` : `"${fallback}"`} }}`
  })
}
