import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Core } from './core.ts'
import { ServerError } from './errors.ts'
import { stall } from './faults/stall.ts'
import { createGate } from './gate.ts'
import { GatheringCarrier } from './gathering-carrier.ts'
import { createHttp, refuseUpgrade } from './http.ts'
import type { MqttListening } from './mqtt/mqtt-listener.ts'
import type { Numbers } from './ranges.ts'
import type { Route } from './route.ts'
import { createSilentSockets } from './silent-sockets.ts'
import { OwnedSocket, WsCarrier } from './ws-carrier.ts'

/** Where a server listens. */
export interface Listening {
  readonly host: string
  readonly port: number
  /** For plain HTTP; `ws:` and `wss:` have the same host and path. */
  readonly url: string
  /** Ports of MQTT besides its path, as far as they are listened to. */
  readonly mqtt?: MqttListening
}

/** The socket that everything comes in by. */
export interface Listener {
  /** @throws ServerError `listen.failed` */
  listen(): Promise<Listening>
  /** Stops listening, and resolves when every socket is gone; those that stay longer than this are cut. */
  close(withinMs: number): Promise<void>
}

export function createListener(core: Core, routes: readonly Route[], isDraining: () => boolean): Listener {
  const { options, clock } = core
  const gate = createGate({ ...core, isDraining })
  let subprotocol: string | false = false
  // In a variable, because the types of `ws` do not know `closeTimeout`.
  const socketOptions = {
    noServer: true,
    WebSocket: OwnedSocket,
    perMessageDeflate: false,
    maxPayload: options.limits.frameBytes,
    closeTimeout: options.times.closeMs,
    // Asked from inside `handleUpgrade`.
    handleProtocols: () => subprotocol,
  }
  const plain = new WebSocketServer(socketOptions)
  const { compression } = options
  const compressing =
    compression && new WebSocketServer({ ...socketOptions, perMessageDeflate: toDeflate(compression) })
  const silent = createSilentSockets({ ...options, countsAddresses: options.proxyHops === 0 })

  const admit = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const entry = gate(request)
    if ('status' in entry) return refuseUpgrade(socket, entry.status, entry.message)
    subprotocol = entry.request.subprotocol || false
    socket.off('error', ignore)
    const sockets = entry.endpoint.isPlain ? plain : (compressing ?? plain)
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const carrier = new WsCarrier(opened, socket, entry.endpoint.closing)
      if (entry.ending) carrier.turnAway(entry.ending)
      else {
        const isStream = entry.endpoint.cut !== undefined
        carrier.report(
          core.serve(entry.endpoint, isStream ? new GatheringCarrier(carrier) : carrier, entry.request),
        )
      }
    })
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', ignore)
    const go = (): void => admit(request, socket, head)
    const armed = core.faults.isIdle ? undefined : core.faults.strike('upgrade', gate.about(request))
    if (armed?.rule.do === 'refuse')
      refuseUpgrade(socket, armed.rule.status ?? 503, 'Refused by a rule of faults')
    else if (armed?.rule.do === 'stall') stall(armed, armed.rule.forMs, go, clock)
    else go()
  }

  const http = createHttp({ ...core, ...silent, routes, upgrade })

  return {
    async listen() {
      const { host, port } = options
      http.listen({ host, port })
      await once(http, 'listening').catch((error: NodeJS.ErrnoException) => {
        const reason = error.code ?? error.message
        throw new ServerError('listen.failed', sentenceOf(reason, host, port), { host, port, reason }, error)
      })
      http.on('error', (error) => core.hooks.crash(error, 'listener'))
      return toListening(http.address() as AddressInfo, core)
    },
    async close(withinMs) {
      if (!http.listening) return
      const closed = once(http, 'close')
      http.close()
      http.closeIdleConnections()
      const cancel = clock.after(withinMs, () => {
        for (const socket of [...plain.clients, ...(compressing?.clients ?? [])]) socket.terminate()
        http.closeAllConnections()
      })
      await closed
      cancel()
    },
  }
}

/** Nothing is kept between messages, so that a connection that is silent costs no memory. */
const toDeflate = ({ minBytes, level, windowBits, concurrency }: Numbers<'compression'>) => ({
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: windowBits,
  threshold: minBytes,
  concurrencyLimit: concurrency,
  zlibDeflateOptions: { level },
})

const ignore = (): void => {}

function sentenceOf(reason: string, host: string, port: number): string {
  if (reason === 'EADDRINUSE')
    return `Port ${port} of ${host} is in use: stop what listens there, or set option port`
  if (reason === 'EACCES') return `Port ${port} may not be listened on: set option port to one above 1023`
  return `Cannot listen on port ${port} of ${host}: ${reason}`
}

function toListening({ address, port, family }: AddressInfo, { options }: Core): Listening {
  const name = family === 'IPv6' ? `[${address}]` : address
  return { host: address, port, url: `${options.tls ? 'https' : 'http'}://${name}:${port}${options.path}` }
}
