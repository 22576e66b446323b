// A proxy that ends TLS in front of the server and passes the bytes on, as in most installations. It needs no
// certificate: both ends share a key (RFC 4279). Used by tls.test.ts.

import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { connect, createServer } from 'node:tls'

const shared = { ciphers: 'PSK', maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' } as const
const psk = Buffer.from('only between these two')

export interface TlsProxy extends AsyncDisposable {
  /** A TLS connection to the proxy, whatever name an address has. */
  dial: () => Socket
}

/** In front of the server at this port of the loopback address. */
export async function startTlsProxy(port: number): Promise<TlsProxy> {
  const proxy = createServer({ ...shared, pskCallback: () => psk }, (client) => {
    const server = connectPlain(port, '127.0.0.1')
    pipeline(client, server, client, () => {
      client.destroy()
      server.destroy()
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const at = proxy.address() as AddressInfo
  return {
    dial: () =>
      connect({
        ...shared,
        host: '127.0.0.1',
        port: at.port,
        pskCallback: () => ({ psk, identity: 'client' }),
        checkServerIdentity: () => undefined,
      }),
    [Symbol.asyncDispose]: async () => {
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
