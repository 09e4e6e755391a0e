import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fromSoketi } from './from-soketi.ts'
import { readConfig } from './load-config.ts'
import { secretsOf, toServerOptions } from './to-server-options.ts'

/** The file of a described system, as it is. */
const described = {
  appId: '1',
  appKey: 'scada_dashboard_key_2024',
  appSecret: 'scada_dashboard_secret_2024',
  port: 6001,
  host: '127.0.0.1',
  database: { redis: { host: '127.0.0.1', port: 6379, password: null, db: 0 } },
  cors: { origin: ['http://localhost:8000'], methods: ['GET', 'POST'], allowedHeaders: ['Content-Type'] },
}

function readFile(content: object) {
  const folder = mkdtempSync(join(tmpdir(), 'soketi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'soketi.json')
  writeFileSync(file, JSON.stringify(content))
  const config = readConfig({ args: ['--config', file], env: {} }, { by: 'command' })
  return { ...config, notes: config.notes.map((note) => note.replace(`${file}: `, '')) }
}

describe('a soketi.json', () => {
  it('is read as it is, and every name that was mapped is told', () => {
    const { settings, problems, notes } = readFile(described)
    expect(problems).toEqual([])
    const { origins, port, pusher } = toServerOptions(settings)
    expect({ origins, port, pusher }).toMatchObject({
      origins: ['http://localhost:8000'],
      port: 6001,
      pusher: {
        dialect: 'soketi',
        apps: [{ id: '1', key: 'scada_dashboard_key_2024', secret: 'scada_dashboard_secret_2024' }],
      },
    })
    expect(notes).toEqual([
      '`appId` is `pusher.app.id` here',
      '`appKey` is `pusher.app.key` here',
      '`appSecret` is `pusher.app.secret` here',
      '`cors.origin` is `origins` here',
      '`cors.methods` is not needed: every page says what it takes',
      '`cors.allowedHeaders` is not needed: any header is',
      'redis configured but adapter is local: all is kept in memory',
    ])
    expect(secretsOf(settings)).toEqual(['scada_dashboard_secret_2024'])
  })

  it('brings its Redis where that is the adapter', () => {
    const { settings, problems, notes } = readFile({
      ...described,
      adapter: { driver: 'redis', redis: { prefix: 'scada' } },
      database: { redis: { host: 'r.internal', port: 7000, password: null, sentinels: null, db: 2 } },
    })
    expect(problems).toEqual([])
    expect(notes).toContain('`adapter.driver` is `adapter` redis here')
    expect(notes.filter((note) => note.startsWith('redis configured'))).toEqual([])
    expect(toServerOptions(settings)).toMatchObject({
      adapter: 'redis',
      redis: { host: 'r.internal', port: 7000, db: 2, keyPrefix: 'scada' },
    })
    const sentinels = [{ host: 's1', port: 26_379 }]
    const guarded = readFile({
      adapter: { driver: 'redis' },
      database: { redis: { sentinels, name: 'main' } },
    })
    expect(toServerOptions(guarded.settings).redis).toEqual({ sentinels: ['s1:26379'], name: 'main' })
  })

  it('brings all apps of its manager, with their limits and webhooks', () => {
    const app = {
      id: 'a',
      key: 'a-key',
      secret: 'a-secret',
      maxConnections: '200',
      enableClientMessages: 'true',
      maxEventPayloadInKb: 20,
      maxPresenceMembersPerChannel: 7,
      webhooks: [
        { url: 'https://a.example', event_types: ['cache_miss'], filter: { channel_name_starts_with: 'x' } },
      ],
    }
    const { settings, problems } = readFile({ appManager: { driver: 'array', array: { apps: [app] } } })
    expect(problems).toEqual([])
    expect(toServerOptions(settings).pusher).toMatchObject({
      apps: [
        {
          id: 'a',
          maxConnections: 200,
          enableClientMessages: true,
          limits: { eventBytes: 20_480, members: 7 },
          webhooks: [{ url: 'https://a.example', events: ['cache_miss'], channelStartsWith: 'x' }],
        },
      ],
    })
  })

  it('may have names of ours too, and none that is of nobody', () => {
    const { settings, problems } = readFile({
      ...described,
      log: { level: 'warn' },
      metrics: { enabled: true, driver: 'prometheus', prometheus: { prefix: 'soketi_' } },
    })
    expect(settings.get('log.level')).toBe('warn')
    expect(settings.get('metrics.enabled')).toBe(true)
    expect(problems.map(({ option }) => option)).toEqual(['metrics.driver', 'metrics.prometheus'])
  })

  it('lets everybody in where it has a star', () => {
    expect(fromSoketi({ appId: '1', cors: { origin: ['*'] } }).members).toMatchObject({ origins: 'any' })
  })

  it('leaves a file of ours as it is', () => {
    const file = { port: 1, limits: { joins: 5 } }
    expect(fromSoketi(file)).toEqual({ members: file, notes: [] })
  })
})

describe('variables of Laravel', () => {
  const read = (env: Record<string, string>) => readConfig({ env }, { by: 'command' })

  it.each(['PUSHER', 'REVERB'])('%s_APP_... is the app', (name) => {
    const { settings } = read({
      [`${name}_APP_ID`]: '1',
      [`${name}_APP_KEY`]: 'k',
      [`${name}_APP_SECRET`]: 's',
      [`${name}_PORT`]: '7000',
      [`${name}_HOST`]: 'localhost',
      [`${name}_APP_CLUSTER`]: 'mt1',
    })
    expect(toServerOptions(settings)).toMatchObject({
      port: 7000,
      host: 'localhost',
      pusher: { apps: [{ id: '1', key: 'k', secret: 's' }] },
    })
  })

  it('are less than names of ours', () => {
    const { settings } = read({ PUSHER_PORT: '7000', REVERB_SERVER_PORT: '7001', REALTIME_PORT: '7002' })
    expect(settings.get('port')).toBe(7002)
    expect(read({ REVERB_PORT: '443', REVERB_SERVER_PORT: '7001' }).settings.get('port')).toBe(7001)
  })

  it('are an app only together', () => {
    expect(read({ REVERB_APP_KEY: 'k' }).problems).toMatchObject([
      { option: 'pusher.app.key', message: 'needs `pusher.app.id` and `pusher.app.secret` as well' },
    ])
  })

  it('serve their app in production without being asked, and nothing without an app', () => {
    const app = { PUSHER_APP_ID: '1', PUSHER_APP_KEY: 'k', PUSHER_APP_SECRET: 's' }
    const optionsOf = (env: Record<string, string>) =>
      toServerOptions(read({ REALTIME_MODE: 'production', ...env }).settings).pusher
    expect(optionsOf(app)).toMatchObject({ apps: [{ id: '1' }] })
    expect(optionsOf({})).toBe(false)
    expect(optionsOf({ ...app, REALTIME_PUSHER_ENABLED: 'false' })).toBe(false)
  })
})
