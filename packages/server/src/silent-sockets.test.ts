import { describe, expect, it } from 'vitest'
import { dialRaw, startServer } from './socket-test-setup.ts'
import { dialTcp } from './tcp-test-setup.ts'
import { makeCertificate } from './tls-test-setup.ts'

describe('sockets that say nothing', () => {
  it('are no more than there may be connections of an address, and leave room for those that speak', async () => {
    const { port } = await startServer({ limits: { connectionsPerAddress: 2 } })
    const mute = [await dialTcp(port), await dialTcp(port)]
    await (await dialTcp(port)).closed
    expect(mute.map(({ socket }) => socket.destroyed)).toEqual([false, false])
    mute[0]?.socket.destroy()
    await expect
      .poll(() => dialRaw(port).then((guest) => guest.hello().then(({ t }) => t), String))
      .toBe('welcome')
  })

  it('count no more once they have spoken', async () => {
    const { port } = await startServer({ limits: { connectionsPerAddress: 2 } })
    const guests = [await dialRaw(port), await dialRaw(port)]
    for (const guest of guests) await guest.hello()
    const mute = [await dialTcp(port), await dialTcp(port)]
    await (await dialTcp(port)).closed
    expect(mute.map(({ socket }) => socket.destroyed)).toEqual([false, false])
  })

  it('are all from one address behind a proxy, so that only their sum counts there', async () => {
    const { port } = await startServer({ proxyHops: 1, limits: { connectionsPerAddress: 1, connections: 2 } })
    const mute = [await dialTcp(port), await dialTcp(port)]
    await (await dialTcp(port)).closed
    expect(mute.map(({ socket }) => socket.destroyed)).toEqual([false, false])
  })

  it.each(['plain', 'tls'])('are cut in times.helloMs: %s', async (kind) => {
    const tls = kind === 'tls' ? { tls: makeCertificate() } : {}
    const { port } = await startServer({ times: { helloMs: 200 }, ...tls })
    await (await dialTcp(port)).closed
  })
})
