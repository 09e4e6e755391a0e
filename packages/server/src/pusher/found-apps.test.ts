import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { FindApp, PusherApp } from './app.ts'
import { post } from './http/api-test-setup.ts'
import { startPusher } from './live-test-setup.ts'
import { APP, decoded, setupPusher } from './pusher-test-setup.ts'

/** A function that finds, with what it was asked for. */
function finder(answer: () => PusherApp | undefined | Promise<PusherApp | undefined>) {
  const asked: string[] = []
  const find: FindApp = (by) => {
    asked.push('key' in by ? `key ${by.key}` : `id ${by.id}`)
    return answer()
  }
  return { asked, find }
}

describe('apps that a function finds', () => {
  it('are asked for once by many at once, and again when what is kept is old', async () => {
    const { asked, find } = finder(async () => APP)
    const { dial, clock } = setupPusher({ apps: find, appCacheMs: 1000 })
    const guests = await Promise.all([dial(), dial(), dial()])
    expect(guests.map((guest) => guest.take().length)).toEqual([1, 1, 1])
    await dial()
    expect(asked).toEqual(['key app-key'])
    await clock.advance(1000)
    await dial()
    expect(asked).toEqual(['key app-key', 'key app-key'])
  })

  it('end with their connections once they are no more', async () => {
    let app: PusherApp | undefined = APP
    const { connect, dial, clock } = setupPusher({ apps: finder(() => app).find, appCacheMs: 1000 })
    const guest = await connect()
    app = undefined
    await dial()
    expect(guest.end).toBeUndefined()
    await clock.advance(1000)
    expect((await dial()).end).toMatchObject({ code: 4001 })
    expect(guest.end).toMatchObject({ code: 4001 })
  })

  it('tell clients to come back while nobody answers, and keep what was known', async () => {
    let isBroken = true
    const { find } = finder(() => {
      if (isBroken) throw new Error('The database is away')
      return APP
    })
    const { dial, crashes, clock } = setupPusher({ apps: find, appCacheMs: 1000 })
    const first = await dial()
    expect(first.take().map(decoded)).toMatchObject([
      { event: 'pusher:error', data: { code: 4100, message: 'The app cannot be looked up now' } },
    ])
    expect(first.end).toMatchObject({ code: 4100 })
    isBroken = false
    expect((await dial()).end).toBeUndefined()
    isBroken = true
    await clock.advance(1000)
    expect((await dial()).end).toBeUndefined()
    expect(crashes.splice(0).map(String)).toEqual(Array(2).fill('Error: The database is away'))
  })

  it('count as out of reach when the answer takes too long', async () => {
    const { find } = finder(() => new Promise(() => {}))
    const { dial, clock, crashes } = setupPusher({ apps: find }, { times: { hookMs: 500 } })
    const guest = await dial()
    await clock.advance(500)
    await settled()
    expect(guest.end).toMatchObject({ code: 4100 })
    expect(crashes.splice(0).map(String)).toEqual(['Error: pusher.apps gave no answer in 500 ms'])
  })

  it('are forgotten when there are too many and nobody is there', async () => {
    const asked: unknown[] = []
    const find: FindApp = (by) => {
      asked.push(by)
      const id = 'key' in by ? by.key : by.id
      return { id, key: id, secret: 'secret' }
    }
    const { dial, core } = setupPusher({ apps: find, appCacheApps: 2 })
    const kept = await dial({ path: '/app/a' })
    for (const key of ['b', 'c', 'd', 'e', 'f']) await (await dial({ path: `/app/${key}` })).drop()
    expect(kept.end).toBeUndefined()
    asked.length = 0
    for (const key of ['f', 'b']) await dial({ path: `/app/${key}` })
    expect(asked).toEqual([{ key: 'b' }])
    expect((await core.pusher?.apps.byKey('a')) as object).toMatchObject({
      connections: new Set([expect.anything()]),
    })
  })

  it('let backends know over HTTP when to ask again', async () => {
    const { url, crashes } = await startPusher({ apps: () => Promise.reject(new Error('away')) })
    const answer = await post(url, 'events', {})
    expect(answer).toMatchObject({ status: 503, body: { code: 503 } })
    expect([answer.headers.get('retry-after'), crashes.length]).toEqual(['1', 1])
  })
})
