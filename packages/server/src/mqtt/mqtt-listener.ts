import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Core } from '../core.ts'
import { ServerError } from '../errors.ts'
import { GatheringCarrier } from '../gathering-carrier.ts'
import { probing } from '../probing.ts'
import { createSilentSockets } from '../silent-sockets.ts'
import { TcpCarrier } from '../tcp-carrier.ts'
import { createWithTls } from '../tls.ts'
import type { Endpoint, WireRequest } from '../wire.ts'
import type { MqttSettings } from './mqtt-options.ts'

/** Where MQTT is listened to, besides its path. */
export interface MqttListening {
  readonly port?: number
  readonly tlsPort?: number
}

/** The sockets of MQTT without WebSocket. */
export interface MqttListener {
  /** @throws ServerError `listen.failed` */
  listen(): Promise<MqttListening>
  close(withinMs: number): Promise<void>
}

export function createMqttListener(
  core: Core,
  endpoint: Endpoint,
  { tcp, tls, port, tlsPort }: MqttSettings,
  isDraining: () => boolean,
): MqttListener {
  const { options, connections, clock } = core
  const { helloMs, closeMs } = options.times
  const sockets = new Set<Socket>()
  const silent = createSilentSockets({ ...options, countsAddresses: true })
  const servers: Server[] = []

  const accept = (socket: Socket): void => {
    socket.on('error', ignore)
    const address = socket.remoteAddress ?? ''
    silent.spoke(socket)
    if (isDraining() || connections.full(address)) return void socket.destroy()
    socket.setNoDelay()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const carrier = new TcpCarrier(socket, clock, closeMs)
    carrier.report(core.serve(endpoint, new GatheringCarrier(carrier), toRequest(address)))
  }

  const secure =
    tls &&
    createWithTls('mqtt.tls', tls, core.reloads, (material) =>
      createTlsServer({ ...material, ...probing, handshakeTimeout: helloMs }, accept),
    )
  secure?.on('tlsClientError', ignore)
  secure?.on('connection', (socket: Socket) => {
    if (!silent.take(socket)) socket.destroy()
  })

  const open = async (server: Server, at: number, option: string): Promise<number> => {
    const { host } = options
    server.listen({ host, port: at })
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      const reason = error.code ?? error.message
      const sentence = `Cannot listen on port ${at} of ${host} for MQTT (${reason}): set option ${option}`
      throw new ServerError('listen.failed', sentence, { host, port: at, reason }, error)
    })
    servers.push(server)
    return (server.address() as AddressInfo).port
  }

  const openTcp = async (): Promise<number | undefined> => {
    try {
      return await open(createServer(probing, accept), port, 'mqtt.port')
    } catch (error) {
      const isTaken = ServerError.is(error, 'listen.failed') && error.details.reason === 'EADDRINUSE'
      if (tcp === 'if-free' && isTaken) return undefined
      throw error
    }
  }

  const close = async (withinMs: number): Promise<void> => {
    const cancel = clock.after(withinMs, () => {
      for (const socket of sockets) socket.destroy()
    })
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
    cancel()
  }

  return {
    async listen() {
      try {
        const tcpAt = tcp === 'off' ? undefined : await openTcp()
        const tlsAt = secure ? await open(secure, tlsPort, 'mqtt.tlsPort') : undefined
        return { ...(tcpAt !== undefined && { port: tcpAt }), ...(tlsAt !== undefined && { tlsPort: tlsAt }) }
      } catch (error) {
        await close(0)
        throw error
      }
    },
    close,
  }
}

const ignore = (): void => {}

const toRequest = (address: string): WireRequest => ({
  path: '',
  params: {},
  query: new URLSearchParams(),
  headers: {},
  address,
  subprotocol: 'mqtt',
})
