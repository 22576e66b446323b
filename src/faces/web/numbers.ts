// Numbers and shares as viewers read them. Used by every page.

const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const decimal = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

export function formatCount(count: number): string {
  return whole.format(count)
}

/** `12.3K` */
export function formatShort(count: number): string {
  return count < 10_000 ? whole.format(count) : short.format(count)
}

/** A share with what it is a share of being anything but nothing; a dash otherwise. */
export function formatShare(part: number, of: number): string {
  return of > 0 ? percent.format(part / of) : '–'
}

/** `1.5 MB` */
export function formatBytes(count: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  return `${decimal.format(count / 1000 ** power)} ${units[power]}`
}
