import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkClock, compareClocks } from './check-clock.ts'

const NOW = Date.parse('2030-01-01T12:00:00.000Z')

/** A host that says this of the time; the answer is not sent before the clock of this machine has gone on. */
async function startHost(headers: Readonly<Record<string, string>>): Promise<string> {
  const http = createServer((_request, reply) => {
    reply.sendDate = false
    reply.writeHead(302, { Location: 'http://127.0.0.1:1/', ...headers }).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void http.close())
  await once(http, 'listening')
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
}

const say = (ms: number): string => new Date(NOW + ms).toUTCString()

describe('compareClocks', () => {
  const compare = (aheadMs: number, tookMs = 0) =>
    compareClocks({ whose: 'X', theirs: NOW + aheadMs, askedAt: NOW, answeredAt: NOW + tookMs })

  it.each([
    [0, 'ok', 'the clock differs from that of X by 0 ms at most'],
    [-900, 'ok', 'the clock differs from that of X by 900 ms at most'],
    [5000, 'warn', 'the clock of this machine is at least 5 s behind that of X'],
    [-90_000, 'warn', 'the clock of this machine is at least 90 s ahead of that of X'],
    [660_000, 'fail', 'the clock of this machine is at least 11 min behind that of X'],
  ])('judges %i ms', (aheadMs, state, message) => {
    const found = compare(aheadMs)
    expect([found.state, found.message]).toEqual([state, message])
    expect(found.advice === undefined).toBe(state === 'ok')
  })

  it('counts only what the way of the answer cannot explain', () => {
    expect(compare(5000, 6000).state).toBe('ok')
    expect(compare(5000, 2000).message).toContain('at least 3 s behind')
  })
})

describe('checkClock', () => {
  const check = async (headers: Readonly<Record<string, string>>) =>
    (await checkClock([await startHost(headers)], false, () => NOW))[0]

  it('compares with the Date of a host, which has whole seconds', async () => {
    expect(await check({ Date: say(0) })).toMatchObject({ state: 'ok' })
    expect(await check({ Date: say(-1000) })).toMatchObject({ state: 'ok' })
    expect(await check({ Date: say(-7000) })).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('at least 6 s ahead of'),
    })
  })

  it('is not misled by an answer that was kept, and says when there is none', async () => {
    expect(await check({ Date: say(-3_600_000), Age: '3600' })).toMatchObject({ state: 'ok' })
    expect(await check({})).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('does not tell'),
    })
    expect(await checkClock(['http://127.0.0.1:1/'], false)).toMatchObject([
      { state: 'warn', message: expect.stringContaining('cannot be asked for the time') },
    ])
  })

  it('claims nothing where there is nobody to compare with', async () => {
    expect(await checkClock([], false, () => NOW)).toEqual([
      {
        state: 'ok',
        message:
          'the clock says 2030-01-01T12:00:00.000Z; --clock=https://example.org compares it with that of a host',
      },
    ])
    expect(await checkClock([], true)).toEqual([])
  })
})
