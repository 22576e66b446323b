// Reads what a running program tells Prometheus. For tests.

import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Values by name with labels, as they stand in the text; a line that is none of the format is a failure. */
export async function metricsOf(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(url)).text()
  const values = new Map<string, number>()
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('# '))) {
    const [, name, value] = /^([a-z_0-9]+(?:\{[^}]*\})?) (\S+)$/i.exec(line) ?? []
    if (name === undefined || (Number.isNaN(Number(value)) && value !== 'Nan')) throw new Error(`no metric: ${line}`)
    values.set(name, Number(value))
  }
  return values
}
