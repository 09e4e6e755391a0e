import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SessionEnd } from '@org/realtime-core/kit'
import { invalidAddress } from './address.ts'
import type { TcpTransport, TlsOptions } from './tcp.ts'

/** How long a peer may take to end its side after ours. */
const CLOSE_TIMEOUT_MS = 2000

/** Sessions over TCP, and over TLS for `mqtts:`: bytes without the borders of frames. */
export const tcpTransport: TcpTransport =
  (tls) =>
  ({ url }, events) => {
    const socket = dial(url, tls)
    let state: 'dialing' | 'open' | 'over' = 'dialing'

    const over = (end: SessionEnd): void => {
      if (state === 'over') return
      state = 'over'
      socket.destroy()
      events.end(end)
    }

    socket.setNoDelay(true)
    socket.on(url.startsWith('mqtts') ? 'secureConnect' : 'connect', () => {
      if (state !== 'dialing') return
      state = 'open'
      events.open('')
    })
    socket.on('data', ({ buffer, byteOffset, length }) => {
      // Parts of a `Buffer` are Buffers too, and would reach listeners: the same bytes, not copied.
      if (state === 'open') events.frame(new Uint8Array(buffer, byteOffset, length))
    })
    // Stays to the end: an error that nobody listens to ends the process.
    socket.on('error', (error) => over({ error }))
    socket.on('close', () => over({}))

    return {
      send(frame) {
        if (state !== 'open') throw new Error('Session is not open')
        socket.write(frame)
      },
      close(code) {
        const isOpen = state === 'open'
        state = 'over'
        if (!isOpen || !code) return void socket.destroy()
        // Reads on, or the end of the other side is never seen.
        socket.resume()
        socket.end()
        socket.setTimeout(CLOSE_TIMEOUT_MS, () => socket.destroy())
      },
      get bufferedBytes() {
        return socket.writableLength
      },
    }
  }

function dial(url: string, tls: TlsOptions | undefined): Socket {
  if (!URL.canParse(url)) throw invalidAddress()
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (!host || !/^mqtts?:$/.test(protocol)) throw invalidAddress()
  if (protocol === 'mqtt:') return connect({ host, port: Number(port || 1883) })
  return connectTls({
    host,
    port: Number(port || 8883),
    ...(!isIP(host) && { servername: host }),
    ...(tls as object),
  })
}
