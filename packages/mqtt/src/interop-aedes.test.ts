import { describe, expect, it, onTestFinished } from 'vitest'
import { startAedes } from './aedes-test-setup.ts'
import { interopSuite } from './interop-suite-test-setup.ts'
import { openClient } from './interop-test-setup.ts'

interopSuite({ name: 'aedes', version: '3.1.1', start: startAedes, keepsPublishers: false })

describe('aedes', () => {
  it.each(['tcp', 'ws'] as const)('over %s makes a client of MQTT 5 fall back', async (kind) => {
    const broker = await startAedes()
    onTestFinished(() => broker.stop())
    const client = openClient({ url: broker[kind] })
    await client.connect()
    expect(client.mqtt.session.get()?.level).toBe(4)
    await client.close()
  })
})
