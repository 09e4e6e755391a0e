import { describe, expect, it } from 'vitest'
import { resolveOptions, type ServerOptions } from '../options.ts'
import { resolveRakit } from '../rakit/rakit-options.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { loadOptions } from './load-options.ts'

describe('loadOptions', () => {
  it('gives a server what the environment says, beside functions of its own', async () => {
    const env = {
      NODE_ENV: 'production',
      REALTIME_LIMITS_JOINS: '7',
      REALTIME_CHANNELS: '{"news.*":{"publish":true}}',
      REALTIME_LOG_LEVEL: 'off',
    }
    const options = loadOptions({ env })
    expect(options).toMatchObject({
      mode: 'production',
      rakit: false,
      limits: { joins: 7 },
      log: { level: 'off' },
    })
    const { port } = await startServer({
      ...options,
      port: 0,
      authenticate: (token) => token === 'good' && { id: 'me' },
    })
    const client = await dialRaw(port)
    expect((await client.hello({ token: 'good' })).limits.joins).toBe(7)
    client.send({ t: 'sub', chs: [{ ch: 'news.today' }, { ch: 'other' }] })
    expect(await client.next('subbed')).toMatchObject({ ch: 'news.today' })
    expect(await client.next('refused')).toMatchObject({ ch: 'other', code: 'unknown-channel' })
  })

  it.each(['development', 'production'] as const)(
    'gives the defaults that a server has by itself (%s)',
    (mode) => {
      const resolve = (options: ServerOptions) => {
        const { log: _log, rakit, ...rest } = resolveOptions({ authenticate: 'anonymous', ...options })
        return { ...rest, rakit: rakit && resolveRakit(rakit) }
      }
      expect(resolve(loadOptions({ env: { REALTIME_MODE: mode } }))).toEqual(
        resolve({ mode, inspect: true, metrics: true }),
      )
    },
  )

  it('throws every mistake', () => {
    expect(() => loadOptions({ env: { REALTIME_PORT: 'x' } })).toThrow(
      '[config.invalid] A mistake in the configuration',
    )
  })
})
