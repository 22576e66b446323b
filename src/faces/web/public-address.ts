// How this server is reached, for addresses that are copied out of a page.

import type { Visit } from './visit.ts'

export function publicAddress({ app, header }: Pick<Visit, 'app' | 'header'>): string {
  const { publicScheme, publicHost } = app.config
  return `${publicScheme}://${publicHost ?? header('host') ?? '127.0.0.1'}`
}
