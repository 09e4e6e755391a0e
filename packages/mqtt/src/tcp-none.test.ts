import { describe, expect, it, vi } from 'vitest'
import { createMqtt } from './create-mqtt.ts'

vi.mock('#tcp', () => import('./tcp-none.ts'))

describe('where there is no TCP', () => {
  it.each(['mqtt://broker', 'mqtts://broker'])(
    '%s stops the client for good and says what to use',
    async (url) => {
      const client = createMqtt({ url })
      await expect(client.connect()).rejects.toMatchObject({
        code: 'option.invalid',
        message: expect.stringContaining('ws or wss'),
      })
      expect(client.status.get().status).toBe('failed')
    },
  )
})
