import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { Aedes } from 'aedes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from './certificate-test-setup.ts'
import { openClient } from './interop-test-setup.ts'

let ca: string
let url: string
let stop: () => Promise<void>

beforeAll(async () => {
  const { key, cert } = makeCertificate()
  ca = cert
  const broker = await Aedes.createBroker()
  const server = createServer({ key, cert }, (socket) => {
    socket.on('error', () => {})
    broker.handle(socket)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  url = `mqtts://localhost:${(server.address() as AddressInfo).port}`
  stop = async () => {
    await new Promise<void>((resolve) => broker.close(() => resolve()))
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
})
afterAll(() => stop())

describe('mqtts', () => {
  it('connects to a server whose authority is given, and publishes', async () => {
    const client = openClient({ url, version: '3.1.1', tls: { ca } })
    await client.connect()
    await expect(client.mqtt.publish('a', 'x', { qos: 1 })).resolves.toMatchObject({
      outcome: 'acknowledged',
    })
    await client.close()
  })

  it('refuses a server that it does not trust', async () => {
    const client = openClient({ url, version: '3.1.1', backoff: { maxAttempts: 0 } })
    await expect(client.connect()).rejects.toMatchObject({
      cause: { code: 'connection.lost', cause: expect.any(Error) },
    })
  })
})
