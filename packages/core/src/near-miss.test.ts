import { settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

/** What is loaded from here on thinks that it is in production. */
function goToProduction(): void {
  vi.stubEnv('NODE_ENV', 'production')
  vi.resetModules()
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.resetModules()
  })
}

async function listening(...events: string[]) {
  const { connected } = await import('./channel-test-setup.ts')
  const kit = await connected({ joins: 'at once' })
  const room = kit.client.untyped('a')
  for (const event of events) room.on(event, () => {})
  await settled()
  const hints = (): string[] =>
    kit.client.trace.entries().flatMap((entry) => (entry.type === 'hint' ? [entry.message] : []))
  return { ...kit, room, hints }
}

describe('the hint at an event that nobody listens to', () => {
  it.each([
    ['said', 'client-said'],
    ['client-said', 'said'],
    ['said', '.said'],
    ['said', 'App\\Events\\said'],
    ['said', 'App.Events.said'],
    ['said', 'Said'],
    ['scada.data.received', '.scada.data.received'],
    ['OrderShiped', 'OrderShipped'],
    ['OrderShipepd', 'OrderShipped'],
    ['OrderShiped', 'App\\Events\\OrderShipped'],
    ['mesage', 'message'],
  ])('is given once for %s when %s comes', async (listened, arriving) => {
    const { far, hints } = await listening(listened, 'other')
    far().message('a', arriving, 1)
    far().message('a', arriving, 2)
    expect(hints()).toHaveLength(1)
    expect(hints()[0]).toContain(arriving)
    expect(hints()[0]).toContain(listened)
  })

  it('is given once for each pair', async () => {
    const { far, hints } = await listening('said', 'done')
    for (const event of ['client-said', 'client-done', 'Said', 'client-said']) far().message('a', event, 1)
    expect(hints()).toHaveLength(3)
  })

  it.each(['unsaid', 'saidnt', 'done', ''])('is not given for said when %j comes', async (arriving) => {
    const { far, hints } = await listening('said')
    far().message('a', arriving, 1)
    expect(hints()).toEqual([])
  })

  it.each([
    ['online', 'offline'],
    ['subscribed', 'unsubscribed'],
    ['sensor-1', 'sensor-2'],
    ['OrderPlaced', 'OrderPaid'],
    ['done', 'gone'],
  ])('is not given for %s when %s comes, which is another word', async (listened, arriving) => {
    const { far, hints } = await listening(listened)
    far().message('a', arriving, 1)
    expect(hints()).toEqual([])
  })

  it('is given after a thousand names that are nothing like it', async () => {
    const { far, hints } = await listening('OrderShiped')
    for (let index = 0; index < 1001; index++) far().message('a', `other ${index}`, 1)
    far().message('a', 'OrderShipped', 1)
    far().message('a', 'OrderShipped', 1)
    expect(hints()).toHaveLength(1)
  })

  it('is not given in production', async () => {
    goToProduction()
    const { far, hints } = await listening('said')
    far().message('a', 'client-said', 1)
    expect(hints()).toEqual([])
  })

  it('is not given when somebody hears the event', async () => {
    const { room, far, hints } = await listening('said')
    room.onAny(() => {})
    far().message('a', 'client-said', 1)
    expect(hints()).toEqual([])
  })

  it('is given once those who hear everything have gone', async () => {
    const { room, far, hints } = await listening('said')
    room.onAny(() => {})()
    far().message('a', 'client-said', 1)
    expect(hints()).toHaveLength(1)
  })

  it('is not given for a listener that has gone', async () => {
    const { room, far, hints } = await listening()
    room.join()
    room.on('said', () => {})()
    await settled()
    far().message('a', 'client-said', 1)
    expect(hints()).toEqual([])
  })
})
