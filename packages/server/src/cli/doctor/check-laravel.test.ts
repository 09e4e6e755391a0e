import { describe, expect, it } from 'vitest'
import { readConfig as read } from '../../config/load-config.ts'
import { checkLaravel } from './check-laravel.ts'

const settingsOf = (...args: string[]) => read({ args, env: {} }, { by: 'command' }).settings

describe('checkLaravel', () => {
  const APP = ['--pusher.app.id=1', '--pusher.app.key=a', '--pusher.app.secret=s']
  const messages = (env: Readonly<Record<string, string>>, args: readonly string[] = APP) =>
    checkLaravel(env, settingsOf(...args)).map(({ state, message }) => `${state} ${message}`)

  it('says nothing where there is no Laravel', () => {
    expect(messages({ APP_NAME: 'x' })).toEqual([])
  })

  it('is content with variables that fit', () => {
    const env = { REVERB_APP_KEY: 'a', REVERB_PORT: '6001', REVERB_SCHEME: 'http', VITE_REVERB_APP_KEY: 'a' }
    expect(messages(env)).toEqual(['ok .env: REVERB variables fit together'])
  })

  it.each([
    [{ PUSHER_PORT: '6001', BROADCAST_DRIVER: 'pusher' }, 'warn .env sets BROADCAST_DRIVER'],
    [{ REVERB_PORT: '8080' }, "warn .env: REVERB_PORT is 8080, and this server's is 6001"],
    [
      { REVERB_PORT: '6001', REVERB_SCHEME: 'https' },
      'warn .env: REVERB_SCHEME is https, and this server has no certificate',
    ],
    [
      { REVERB_APP_KEY: 'a', VITE_REVERB_KEY: 'b' },
      'warn .env: VITE_REVERB_KEY is not the value of REVERB_APP_KEY',
    ],
    [
      { REVERB_APP_KEY: 'a', VITE_REVERB_KEY: 'a', REACT_APP_REVERB_APP_KEY: 'a' },
      'warn .env: the key has 2 names for pages: VITE_REVERB_KEY, REACT_APP_REVERB_APP_KEY',
    ],
    [
      { REVERB_PORT: '6001', VITE_REVERB_PORT: '8080' },
      'warn .env: VITE_REVERB_PORT is 8080, and REVERB_PORT is 6001',
    ],
    [{ VITE_REVERB_PORT: '8080' }, "warn .env: VITE_REVERB_PORT is 8080, and this server's is 6001"],
    [
      { PUSHER_HOST: 'a.test', VITE_PUSHER_HOST: 'b.test' },
      'warn .env: VITE_PUSHER_HOST is b.test, and PUSHER_HOST is a.test',
    ],
    [
      { REVERB_SCHEME: 'http', MIX_REVERB_SCHEME: 'https' },
      'warn .env: MIX_REVERB_SCHEME is https, and REVERB_SCHEME is http',
    ],
    [
      { PUSHER_APP_KEY: 'a', PUSHER_APP_CLUSTER: 'mt1' },
      "warn .env: without PUSHER_HOST Laravel publishes to Pusher's own servers",
    ],
    [
      { PUSHER_APP_KEY: 'a', PUSHER_HOST: 'x', VITE_PUSHER_APP_KEY: 'a' },
      "warn .env: without VITE_PUSHER_HOST pages go to Pusher's own servers",
    ],
    [{ REVERB_PORT: '6001', BROADCAST_CONNECTION: 'log' }, 'warn .env: events go to log, and to no client'],
    [
      { REVERB_APP_KEY: 'a', BROADCAST_CONNECTION: 'pusher' },
      'warn .env: BROADCAST_CONNECTION is pusher, and the app is given for reverb',
    ],
    [
      { PUSHER_PORT: '6001', PUSHER_ENCRYPTED: 'true' },
      'warn .env sets PUSHER_ENCRYPTED, which nobody reads now',
    ],
    [{ REVERB_APP_KEY: 'b' }, 'warn .env: this server has no app with the key of REVERB_APP_KEY'],
    [
      { REVERB_APP_KEY: 'a', REVERB_APP_SECRET: 'other' },
      'warn .env: REVERB_APP_SECRET is not the secret of this server for that key',
    ],
  ])('finds what does not fit in %j', (env, message) => {
    expect(messages(env)).toEqual([message])
  })

  it('knows the app of development, and says nothing of apps that a file will list', () => {
    const env = { REVERB_APP_KEY: 'app-key', REVERB_APP_SECRET: 'app-secret' }
    expect(messages(env, [])).toEqual(['ok .env: REVERB variables fit together'])
    expect(messages({ REVERB_APP_KEY: 'b' }, ['--pusher.appsFile=/apps.json'])).toHaveLength(1)
    expect(messages({ REVERB_APP_KEY: 'b' }, ['--pusher.appsFile=/apps.json'])[0]).toMatch(/^ok/)
  })

  it('never shows a value that may be a secret', () => {
    const env = { REVERB_APP_KEY: 's3cret', VITE_REVERB_KEY: 'other', PUSHER_APP_SECRET: 's3cret' }
    expect(JSON.stringify(checkLaravel(env, settingsOf()))).not.toMatch(/s3cret|other/)
  })
})
