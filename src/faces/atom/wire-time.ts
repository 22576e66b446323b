// Times as the 2008 wire writes and its clients send them. A page has two per entry, and Date's own formatting costs as much as the query.

const day = 86_400_000

/** `2008-10-03T18:39:02.910Z`: UTC, always with milliseconds (wire-2008 1.5). `at` is epoch ms, years 1 to 9999. */
export function wireTime(at: number): string {
  const days = Math.floor(at / day)
  const ms = at - days * day
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const clock = `${two(hours)}:${two(minutes % 60)}:${two(seconds % 60)}.${three(ms % 1000)}Z`
  return `${dateOf(days)}T${clock}`
}

/** Years 1 to 9999, which the wire can write. */
const [earliest, latest] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

/**
 * A time as clients send it: in small letters (wire-2008 0.7), with a space for the T or a colon before the milliseconds
 * (0.11), as a date alone, in another zone; UTC where none is named. Undefined when it is none.
 */
export function parseWireTime(text: string): number | undefined {
  const [, date, clock, fraction = '0', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T +](\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d:\d\d)[.,:](\d{1,9}))?)?(Z|[+ -]\d\d:?\d\d)?$/i.exec(
      text.trim(),
    ) ?? []
  if (date === undefined) return undefined
  // A plus that was decoded once too often is a space.
  const offset = zone.replace(' ', '+').replace(/^(.\d\d)(\d\d)$/, '$1:$2')
  const at = Date.parse(`${date}T${(clock ?? '00:00').padEnd(8, ':00')}.${fraction}${offset.toUpperCase()}`)
  return at >= earliest && at <= latest ? at : undefined
}

// Days since 1970 to a Gregorian date, counting from 1 March so that the leap day ends the year.
function dateOf(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function three(value: number): string {
  return value < 100 ? `0${two(value)}` : String(value)
}
