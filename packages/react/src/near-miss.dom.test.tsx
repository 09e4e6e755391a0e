import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { Ear, setup } from './render-test-setup.tsx'

describe('in development', () => {
  it('11: an event name that nearly fits is told in the trace instead of being silent', async () => {
    const fake = setup()
    await fake.show(<Ear log={[]} />)
    fake.server.publish('news', 'App.Events.Told', { n: 1 })
    await settled()
    const hints = fake.client.trace.entries().filter(({ type }) => type === 'hint')
    expect(hints).toEqual([expect.objectContaining({ message: expect.stringContaining('did you mean') })])
  })
})
