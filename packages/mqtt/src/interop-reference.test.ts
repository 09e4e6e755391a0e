import type { ServerOptions } from '@org/realtime-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { interopSuite } from './interop-suite-test-setup.ts'
import { openClient } from './interop-test-setup.ts'
import type { Broker } from './mosquitto-test-setup.ts'
import { startReference } from './reference-test-setup.ts'

for (const version of [5, '3.1.1'] as const)
  interopSuite({ name: 'the reference server', version, start: () => startReference() })

async function start(options?: ServerOptions): Promise<Broker> {
  const broker = await startReference(options)
  onTestFinished(() => broker.stop())
  return broker
}

describe.each(['tcp', 'ws'] as const)('the reference server over %s', (kind) => {
  it.each([5, '3.1.1'] as const)(
    'refuses a wrong password for good, with %s (scenario 18)',
    async (version) => {
      const authenticate: ServerOptions['authenticate'] = (token, { username }) =>
        token === 'right' && username === 'me' && { id: 'me' }
      const broker = await start({ authenticate })
      const open = (password: string) =>
        openClient({ url: broker[kind], version, credentials: { username: 'me', password } })
      await open('right').connect()
      const wrong = open('wrong')
      await expect(wrong.connect()).rejects.toMatchObject({ code: 'auth.failed' })
      expect(wrong.status.get().status).toBe('failed')
    },
  )
})

describe('the reference server', () => {
  it('at its TCP port ends a WebSocket with a hint (scenario 18)', async () => {
    const broker = await start()
    const client = openClient({ url: broker.tcp.replace('mqtt:', 'ws:'), backoff: { maxAttempts: 0 } })
    await expect(client.connect()).rejects.toMatchObject({
      cause: { code: 'connection.lost', message: expect.stringContaining('use mqtt:') },
    })
  })
})
