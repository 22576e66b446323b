// What the doctor found, a line each. Used by doctor.ts and doctor-mail.ts.

import type { CliContext } from './context.ts'
import { printable, styled } from './format.ts'

export interface Finding {
  check: string
  verdict: 'ok' | 'warn' | 'fail'
  detail: string
}

const colors = { ok: 'green', warn: 'yellow', fail: 'red' } as const

export function renderFinding(context: CliContext, { check, verdict, detail }: Finding): string {
  return `${styled(context.stdout, colors[verdict], verdict.padEnd(5))} ${printable(check).padEnd(9)} ${printable(detail)}`
}
