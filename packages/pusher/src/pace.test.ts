import { describe, expect, it } from 'vitest'
import { createPusherFarEnd } from './far-end-test-setup.ts'
import { setup } from './pusher-test-setup.ts'

describe.each(['soketi', 'reverb'] as const)('joins at a %s that takes 50 in 5 s', (dialect) => {
  const many = (subscribe?: { readonly rate: { readonly count: number; readonly perMs: number } }) => {
    const clock = { now: () => 0 }
    const joinLimit = { count: 50, perMs: 5000, now: () => clock.now() }
    const fake = setup({
      farEnd: { dialect, joinLimit },
      auth: { authorize: ({ socketId, channel }) => createPusherFarEnd().sign.channel(socketId, channel) },
      ...(subscribe && { clientOptions: { subscribe } }),
    })
    clock.now = () => fake.clock.now()
    const channels = Array.from({ length: 500 }, (_, n) =>
      fake.client.untyped(`private-${n}`, { priority: n >= 450 ? 1 : 0 }),
    )
    for (const channel of channels) channel.join()
    const joined = (): number[] =>
      channels.flatMap((channel, n) => (channel.status.get().state === 'joined' ? [n] : []))
    const refused = (): number =>
      fake.server.frames.filter(({ event }) => event === 'pusher:subscribe').length - joined().length
    return { ...fake, joined, refused }
  }

  it('are never refused and all done within 50 s when the rate is known', async () => {
    const { clock, joined, refused } = many({ rate: { count: 50, perMs: 5000 } })
    await clock.advance(50_000)
    expect([joined().length, refused()]).toEqual([500, 0])
  })

  it('learn the pace from refusals, those of priority first, and nobody hears of it', async () => {
    const { clock, joined, refused, errors } = many()
    await clock.advance(4000)
    expect(joined()).toEqual(Array.from({ length: 50 }, (_, n) => n + 450))
    for (let waited = 0; joined().length < 500 && waited < 60_000; waited += 1000) await clock.advance(1000)
    expect(joined().length).toBe(500)
    expect(refused()).toBeLessThan(40)
    expect(errors).toEqual([])
  })
})
