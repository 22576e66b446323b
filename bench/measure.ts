// Small arithmetic of measuring, and numbers as they are printed. Used by every benchmark.

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** The value that `percent` of all values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1))] ?? Number.NaN
}

/** Ours over reference, round by round; the median of these is what is reported. */
export function medianRatio(ours: readonly number[], reference: readonly number[]): number {
  return median(ours.map((value, i) => value / reference[i]!))
}

export async function timed(work: () => Promise<void> | void): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}

export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en').replaceAll(',', ' ')
}

export function formatRatio(value: number): string {
  return value.toFixed(2)
}

/** `1 M`, `200 k`. */
export function formatSize(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`
  return value >= 1e3 ? `${value / 1e3} k` : String(value)
}
