import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcp } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig as read } from '../../config/load-config.ts'
import { startServer } from '../../socket-test-setup.ts'
import { createFolder } from '../cli-test-setup.ts'
import { whoAnswers } from '../who-answers.ts'
import { checkNode } from './check-node.ts'
import { checkPorts } from './check-port.ts'
import { checkSoketi } from './check-soketi.ts'
import { checkTls } from './check-tls.ts'
import { readDotEnv } from './read-dot-env.ts'

const settingsOf = (...args: string[]) => read({ args, env: {} }, { by: 'command' }).settings

describe('checkNode', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['24.0.0', 'ok'],
    ['20.18.3', 'fail'],
    ['18.20.0', 'fail'],
  ])('takes %s for %s', (version, state) => {
    expect(checkNode(version).state).toBe(state)
  })
})

describe('checkPorts', () => {
  it('tells a host that is none of this machine', async () => {
    expect(await checkPorts(settingsOf('--host=192.0.2.1', '--port=0', '--mqtt=false'))).toMatchObject([
      { state: 'fail', message: '192.0.2.1 is no address of this machine' },
    ])
  })

  it('tells ports of MQTT that are busy, by whether the server starts without them', async () => {
    const busy = createServer((_request, reply) => void reply.end()).listen(0, '127.0.0.1')
    onTestFinished(() => void busy.close())
    await once(busy, 'listening')
    const { port } = busy.address() as { port: number }
    const states = async (tcp: string) =>
      (await checkPorts(settingsOf('--port=0', `--mqtt.port=${port}`, `--mqtt.tcp=${tcp}`))).map(
        ({ state, advice }) => [state, advice],
      )
    const free = ['ok', undefined]
    expect(await states('off')).toEqual([free])
    expect(await states('on')).toEqual([free, ['fail', `Stop it, or start with --mqtt.port=${port + 1}`]])
    expect(await states('if-free')).toEqual([
      free,
      ['warn', `Stop it, or take another: --mqtt.port=${port + 1}`],
    ])
  })

  it('tells two of its own ports that are one', async () => {
    const found = await checkPorts(settingsOf('--port=6001', '--mqtt.port=6001', '--mqtt.tcp=on'))
    expect(found.at(-1)).toEqual({
      state: 'fail',
      message: 'mqtt.port and port are both 6001',
      advice: 'Give each its own: --mqtt.port=6002',
    })
  })
})

describe('whoAnswers', () => {
  async function serve(answers: Readonly<Record<string, string>>, server?: string): Promise<number> {
    const http = createServer((request, reply) => {
      const body = answers[request.url ?? '']
      if (server) reply.setHeader('Server', server)
      reply.writeHead(body === undefined ? 404 : 200).end(body)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void http.close())
    await once(http, 'listening')
    return (http.address() as { port: number }).port
  }

  it.each([
    [{ '/': 'OK' }, undefined, 'soketi'],
    [{ '/up': '{"health":"OK"}' }, undefined, 'Laravel Reverb'],
    [{}, 'nginx', 'a web server that calls itself nginx'],
    [{}, undefined, 'another web server'],
  ])('takes what answers %j for %s %s', async (answers, server, name) => {
    expect(await whoAnswers('127.0.0.1', await serve(answers, server))).toContain(name)
  })

  it('knows another server of its kind, and the process', async () => {
    const { port } = await startServer()
    expect(await whoAnswers('127.0.0.1', port)).toMatch(/^another realtime-server/)
    if (process.platform === 'linux')
      expect(await whoAnswers('127.0.0.1', port)).toContain(`process ${process.pid}`)
  })

  it('knows what speaks no HTTP', async () => {
    const tcp = createTcp((socket) => socket.end('220 mail\r\n')).listen(0, '127.0.0.1')
    onTestFinished(() => void tcp.close())
    await once(tcp, 'listening')
    const { port } = tcp.address() as { port: number }
    expect(await whoAnswers('127.0.0.1', port)).toContain('a program that speaks no HTTP')
  })
})

describe('checkSoketi', () => {
  const file = (config: object): string =>
    join(createFolder({ 'soketi.json': JSON.stringify(config) }), 'soketi.json')

  it('tells what soketi does not do with the file of document 002', () => {
    const path = file({
      appId: 'scada',
      appKey: 'scada_dashboard_key_2024',
      appSecret: 'secret',
      port: 6001,
      database: { redis: { host: '127.0.0.1' } },
      cors: { origin: ['*'], methods: ['GET'], allowedHeaders: ['*'] },
    })
    expect(checkSoketi(path).map(({ message }) => message.replace(path, ''))).toEqual([
      ': soketi ignores appId, appKey, appSecret, and refuses the key with code 4001',
      ': Redis is configured, but the adapter is local, so soketi does not use it',
      ": `cors` takes the place of all of soketi's, so `cors.credentials` is gone",
    ])
  })

  it('tells of any origin with credentials', () => {
    const path = file({ cors: { origin: ['*'], credentials: true } })
    expect(checkSoketi(path).map(({ message }) => message.replace(path, ''))).toEqual([
      ': `cors` has any origin with credentials, which browsers refuse',
    ])
  })

  it('finds nothing in others, and in none', () => {
    expect(checkSoketi(file({ adapter: { driver: 'redis' }, database: { redis: {} } }))).toEqual([])
    expect(checkSoketi('/nowhere.json')).toEqual([])
  })
})

describe('readDotEnv', () => {
  it('reads quotes, comments, exports and references', () => {
    const text = '# comment\nA="x # y"\nexport B=two # rest\nC=' + '$' + '{A}!\r\nD=\nno line\n'
    const folder = createFolder({ '.env': text })
    expect(readDotEnv(join(folder, '.env'))).toEqual({ A: 'x # y', B: 'two', C: 'x # y!', D: '' })
    expect(readDotEnv(join(folder, 'none'))).toEqual({})
  })
})

describe('checkTls', () => {
  function certify(days: number): { readonly cert: string; readonly key: string; readonly folder: string } {
    const folder = createFolder({})
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const subject = ['-subj', '/CN=localhost', '-days', `${days}`, '-keyout', key, '-out', cert]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', ...subject],
      {
        stdio: 'ignore',
      },
    )
    return { cert, key, folder }
  }
  const check = (cert: string, key: string, now = Date.now()) =>
    checkTls(settingsOf(`--tls.cert=${cert}`, `--tls.key=${key}`), now)

  it('looks at the end of a certificate', () => {
    const { cert, key } = certify(30)
    const day = 86_400_000
    const states = [0, 20, 31].map((days) => check(cert, key, Date.now() + days * day)[0]?.state)
    expect(states).toEqual(['ok', 'warn', 'fail'])
  })

  it('tells a key that is not its own, and files that are not there', () => {
    const [one, other] = [certify(30), certify(30)]
    expect(check(one.cert, other.key)).toMatchObject([{ message: 'tls.key is not the key of tls.cert' }])
    expect(check('/nowhere.pem', one.key)).toMatchObject([
      { state: 'fail', message: expect.stringContaining('tls.cert cannot be read: ENOENT') },
    ])
    expect(check(one.key, one.key)).toMatchObject([{ state: 'fail' }])
  })

  it('has nothing to say without a certificate', () => {
    expect(checkTls(settingsOf(), Date.now())).toEqual([])
  })
})
