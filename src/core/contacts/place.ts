// States and countries: codes and names that belong together (wire-2008 2.3). Used where contacts are taken in.

import type { Profile } from './contact.ts'

// ISO 3166-2 subdivisions that the old service knew by code: the United States with their territories, and Canada.
const states: ReadonlyMap<string, string> = new Map(
  `AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC District of Columbia,
FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,
MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,
NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,
RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,
WV West Virginia,WI Wisconsin,WY Wyoming,AS American Samoa,GU Guam,MP Northern Mariana Islands,PR Puerto Rico,
VI Virgin Islands,AA Armed Forces Americas,AE Armed Forces Europe,AP Armed Forces Pacific,
AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,NS Nova Scotia,
NT Northwest Territories,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon`
    .split(',')
    .map((line) => [line.trim().slice(0, 2), line.trim().slice(3)] as const),
)
const codeByName = new Map([...states].map(([code, name]) => [name.toLowerCase(), code]))

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const countries: ReadonlyMap<string, string> = new Map(
  letters
    .flatMap((a) => letters.map((b): [string, string] => [a + b, regions.of(a + b) ?? '']))
    .filter(([, name]) => name),
)
const countryByName = new Map([...countries].map(([code, name]) => [name.toLowerCase(), code]))

/** A US state or Canadian province by its code or name, in any case; undefined when there is none. */
export function findState(text: string): { stateCode: string; stateName: string } | undefined {
  const stateCode = states.has(text.toUpperCase()) ? text.toUpperCase() : codeByName.get(text.toLowerCase())
  return stateCode === undefined ? undefined : { stateCode, stateName: states.get(stateCode)! }
}

/** A country by its ISO 3166-1 code of two letters or its English name, in any case; the code comes in small letters. */
export function findCountry(text: string): { countryCode: string; countryName: string } | undefined {
  const code = countries.has(text.toUpperCase()) ? text.toUpperCase() : countryByName.get(text.toLowerCase())
  return code === undefined ? undefined : { countryCode: code.toLowerCase(), countryName: countries.get(code)! }
}

/** The same profile with the names that its codes stand for; codes that stand for nothing stay as they are. */
export function completePlace(profile: Profile): Profile {
  const { stateCode, countryCode } = profile
  return {
    ...profile,
    ...(stateCode !== undefined && states.has(stateCode.toUpperCase()) && findState(stateCode)),
    ...(countryCode !== undefined && countries.has(countryCode.toUpperCase()) && findCountry(countryCode)),
  }
}
