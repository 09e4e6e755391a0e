import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { encode } from '@org/realtime-mqtt/codec'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createServer } from '../index.ts'
import { startServer } from '../socket-test-setup.ts'
import { dialTcp } from '../tcp-test-setup.ts'
import { makeCertificate } from '../tls-test-setup.ts'
import { toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'

const tcp = { tcp: 'on', port: 0 } as const
const CONNACK = '\x20'
const SUBACK = '\x90'

async function startTcp(options: Parameters<typeof startServer>[0] = {}) {
  const started = await startServer({ mqtt: tcp, ...options })
  const { mqtt } = await started.server.listen()
  return { ...started, mqttPort: mqtt?.port ?? 0 }
}

/** A port that somebody has. */
async function takePort(): Promise<number> {
  const other = createTcpServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

describe('MQTT over TCP', () => {
  it('reads packets in whatever pieces they come, and writes what belongs together at once', async () => {
    const { mqttPort, server } = await startTcp()
    const client = await dialTcp(mqttPort)
    const packets = [toConnect(), toSubscribe('a'), ...['1', '2', '3'].map((text) => toPublish('a', text))]
    let chunks = 0
    client.socket.on('data', () => chunks++)
    const bytes = Buffer.concat(packets.map((packet) => encode(packet, 5)))
    for (const byte of bytes.subarray(0, 9)) {
      client.write(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.write(bytes.subarray(9))
    await client.until('\x003')
    expect([client.text[0], client.text.includes(SUBACK)]).toEqual([CONNACK, true])
    expect(chunks).toBeLessThanOrEqual(3)
    expect(server.connections()).toMatchObject([
      { endpoint: 'mqtt', received: { frames: 5 }, sent: { frames: 5 } },
    ])
  })

  it('ends who sends nothing, and who sends something else', async () => {
    const { mqttPort, crashes } = await startTcp({ times: { helloMs: 50 } })
    const [mute, http] = [await dialTcp(mqttPort), await dialTcp(mqttPort)]
    http.write('GET / HTTP/1.1\r\n\r\n')
    await Promise.all([mute.closed, http.closed])
    expect([mute.text, http.text, crashes]).toEqual(['', '', []])
  })

  it('lets in no more than limits.connections, all ways together', async () => {
    const { mqttPort } = await startTcp({ limits: { connections: 1 } })
    const first = await dialTcp(mqttPort)
    first.write(encode(toConnect(), 5))
    await first.until(CONNACK)
    await (await dialTcp(mqttPort)).closed
  })

  it('is refused by the option when something else listens there, or goes without', async () => {
    const port = await takePort()
    const strict = createServer({ mode: 'development', port: 0, mqtt: { tcp: 'on', port } })
    onTestFinished(() => strict.close())
    await expect(strict.listen()).rejects.toMatchObject({
      code: 'listen.failed',
      message: expect.stringContaining('mqtt.port'),
      details: { port, reason: 'EADDRINUSE' },
    })
    const { server } = await startServer({ mqtt: { tcp: 'if-free', port } })
    expect((await server.listen()).mqtt).toEqual({})
  })

  it('stops listening when the port of the server cannot be had', async () => {
    const port = await takePort()
    const failed = createServer({ mode: 'development', port, mqtt: tcp })
    await expect(failed.listen()).rejects.toMatchObject({ code: 'listen.failed', details: { port } })
    await failed.close()
  })

  it('is off in production unless asked for', async () => {
    const { server } = await startServer({ mode: 'production', authenticate: 'anonymous' })
    expect((await server.listen()).mqtt).toEqual({})
    const none = await startServer({ mqtt: false })
    expect((await none.server.listen()).mqtt).toBeUndefined()
    await expect(none.server.publishMqtt('a', '1')).rejects.toMatchObject({ code: 'publish.refused' })
  })

  it('is drained one by one within the time, with a word', async () => {
    const { mqttPort, server } = await startTcp()
    const client = await dialTcp(mqttPort)
    client.write(encode(toConnect(), 5))
    await client.until(CONNACK)
    const closing = server.close({ drainMs: 200 })
    await client.until('\x8b')
    await Promise.all([client.closed, closing])
    // DISCONNECT, and the reason code that it is going.
    expect(client.text.slice(client.text.indexOf('\xe0')).charCodeAt(2)).toBe(0x8b)
  })
})

describe('MQTT over TLS', () => {
  const dial = async (port: number, ca: string): Promise<TLSSocket> => {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'secureConnect')
    return socket
  }

  it('takes a certificate of its own, or that of the server', async () => {
    const tls = makeCertificate()
    for (const options of [{ mqtt: { tls, tlsPort: 0 } }, { tls, mqtt: { tls: true, tlsPort: 0 } }]) {
      const { server } = await startServer(options)
      const socket = await dial((await server.listen()).mqtt?.tlsPort ?? 0, tls.cert)
      socket.write(encode(toConnect(), 5))
      const [answer] = await once(socket, 'data')
      expect(answer[0]).toBe(CONNACK.charCodeAt(0))
    }
  })

  it('survives who does not speak TLS', async () => {
    const { server, crashes } = await startServer({ mqtt: { tls: makeCertificate(), tlsPort: 0 } })
    const client = await dialTcp((await server.listen()).mqtt?.tlsPort ?? 0)
    client.write(encode(toConnect(), 5))
    await client.closed
    expect(crashes).toEqual([])
  })

  it('needs a certificate', () => {
    expect(() => createServer({ mode: 'development', mqtt: { tls: true } })).toThrow(/mqtt\.tls/)
    const broken = { cert: 'x', key: 'y' }
    expect(() => createServer({ mode: 'development', mqtt: { tls: broken } })).toThrow(/mqtt\.tls.*can read/)
  })
})
