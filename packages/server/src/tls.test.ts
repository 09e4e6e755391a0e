import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from './socket-test-setup.ts'
import { makeCertificate } from './tls-test-setup.ts'

type Material = ReturnType<typeof makeCertificate>

/** Files of a certificate that can be replaced, as tools for certificates do. */
function makeFiles(first: Material) {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-certificate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const put = (path: string, text: string): void => {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
  const write = ({ cert, key }: Material): void => {
    put(certFile, cert)
    put(keyFile, key)
  }
  write(first)
  return { certFile, keyFile, write }
}

const nameOf = ({ cert }: Pick<Material, 'cert'>): string => new X509Certificate(cert).fingerprint256

/** Of the certificate that a client of TLS gets now, or what it says of it. */
async function seen(port: number, ca: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca })
  onTestFinished(() => void socket.destroy())
  return new Promise((resolve) => {
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(`${code}`))
    socket.once('secureConnect', () => resolve(socket.getPeerCertificate().fingerprint256))
  })
}

async function start() {
  const one = makeCertificate()
  const files = makeFiles(one)
  const { certFile, keyFile } = files
  const started = await startServer({
    tls: { certFile, keyFile },
    mqtt: { tcp: 'off', tls: true, tlsPort: 0 },
  })
  /** Resolves with what is said of each of the two servers. */
  const reloaded = (): Promise<readonly unknown[]> =>
    new Promise((resolve) => {
      const errors: unknown[] = []
      const stop = started.server.on('reload', ({ error }) => {
        if (errors.push(error) < 2) return
        stop()
        resolve(errors)
      })
    })
  const { mqtt } = await started.server.listen()
  return { ...started, ...files, one, reloaded, mqttPort: mqtt?.tlsPort ?? 0 }
}

describe('TLS', () => {
  it('lets in whoever trusts its authority, and nobody else', async () => {
    const { port, one } = await start()
    const trusting = new WebSocket(`wss://127.0.0.1:${port}/raw`, ['realtime.v1'], { ca: one.cert })
    onTestFinished(() => trusting.terminate())
    await once(trusting, 'open')
    const other = new WebSocket(`wss://127.0.0.1:${port}/raw`, ['realtime.v1'])
    const [error] = await once(other, 'error')
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })

  it('takes a new certificate when its files change, while connections go on', async () => {
    const { port, mqttPort, one, write, reloaded } = await start()
    const ws = new WebSocket(`wss://127.0.0.1:${port}/app/app-key`, { ca: one.cert })
    onTestFinished(() => ws.terminate())
    await once(ws, 'message')
    const mqtt = await connectAsync(`mqtts://127.0.0.1:${mqttPort}`, { ca: one.cert, reconnectPeriod: 0 })
    onTestFinished(() => void mqtt.end(true))
    const two = makeCertificate()
    const done = reloaded()
    write(two)
    expect(await done).toEqual([undefined, undefined])
    expect([await seen(port, two.cert), await seen(mqttPort, two.cert)]).toEqual([nameOf(two), nameOf(two)])
    expect(await seen(port, one.cert)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/)
    ws.send(JSON.stringify({ event: 'pusher:ping' }))
    expect(`${await once(ws, 'message')}`).toContain('pusher:pong')
    await mqtt.publishAsync('a', '1', { qos: 1 })
  })

  it('keeps the one it has while the files are broken, or not of each other', async () => {
    const { port, one, certFile, write, reloaded, server } = await start()
    const two = makeCertificate()
    for (const [cert, reason] of [
      ['no certificate', 'PEM'],
      [two.cert, 'key values mismatch'],
    ] as const) {
      const done = reloaded()
      writeFileSync(certFile, cert)
      server.reload()
      expect((await done).map(String)).toEqual(Array(2).fill(expect.stringContaining(reason)))
      expect(await seen(port, one.cert)).toBe(nameOf(one))
    }
    write(two)
    server.reload()
    expect(await seen(port, two.cert)).toBe(nameOf(two))
  })
})
