import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { toEnvName } from '../config/option-row.ts'
import { optionTable } from '../config/option-table.ts'
import { ranges } from '../ranges.ts'
import { startServer } from '../socket-test-setup.ts'
import { makeCertificate } from '../tls-test-setup.ts'
import { buildCli, createFolder } from './cli-test-setup.ts'

const FILES = ['ecosystem.config.cjs', 'realtime-server.service', 'Dockerfile', 'compose.yaml'] as const
const pathOf = (name: string): string => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url))
const read = (name: string): string => readFileSync(pathOf(name), 'utf8')
const { run, path } = buildCli()

describe('deploy', () => {
  it.each(FILES)('%s names options that there are', (name) => {
    const known = new Set(['REALTIME_CONFIG', ...optionTable.map((row) => toEnvName(row.name))])
    const named = [...read(name).matchAll(/\bREALTIME_[A-Z_]+/g)].map(([found]) => found)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((found) => !known.has(found))).toEqual([])
    expect(read(name).match(/cli\.js.*--/)).toBeNull()
  })

  it('gives clients the time to move elsewhere, everywhere', () => {
    const { settings } = loadConfig(
      { args: ['--mode=production', '--authenticate=anonymous'], env: {} },
      { by: 'command' },
    )
    const needed = (settings.get<number>('drainMs') ?? 0) + ranges.times.closeMs[0]
    const seconds = [
      /TimeoutStopSec=(\d+)/.exec(read('realtime-server.service'))?.[1],
      /stop_grace_period: (\d+)s/.exec(read('compose.yaml'))?.[1],
    ].map(Number)
    const [app] = ecosystem().apps
    for (const given of [...seconds.map((each) => each * 1000), app.kill_timeout])
      expect(given).toBeGreaterThan(needed)
  })

  it('has values that the command takes', () => {
    const variables = [...read('compose.yaml').matchAll(/^ {4}(REALTIME_\w+): (.*)$/gm)].map(
      ([, name = '', value = '']) => [
        name,
        value.startsWith('${') ? 'a-token-of-tests' : value.replace(/^'|'$/g, ''),
      ],
    )
    const env = { NODE_ENV: 'production', ...Object.fromEntries(variables) }
    expect(loadConfig({ args: [], env }, { by: 'command' }).settings.get('adapter')).toBe('redis')
    expect(
      loadConfig({ args: [], env: ecosystem().apps[0].env }, { by: 'command' }).settings.get('mode'),
    ).toBe('production')
  })

  it('runs in the container as nobody in particular, and is asked for its health', () => {
    const lines = read('Dockerfile')
    expect(lines).toMatch(/^FROM node:/m)
    expect(lines).toMatch(/^USER node$/m)
    expect(healthCommand().slice(0, 2)).toEqual(['node', 'node_modules/@org/realtime-server/dist/cli.js'])
  })

  it('starts as PM2 starts it: says that it is ready, and ends with 0 on SIGINT', async () => {
    const [{ args, env }] = ecosystem().apps
    const child = fork(path, [args], {
      env: { PATH: process.env['PATH'], ...env, REALTIME_HOST: '127.0.0.1', REALTIME_PORT: '0' },
      stdio: 'ignore',
      execArgv: [],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect((await once(child, 'message'))[0]).toBe('ready')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('realtime-server health', () => {
  it('is well while the server lives, as the container asks it', async () => {
    const { port } = await startServer()
    const running = run(healthCommand().slice(2), { env: { REALTIME_PORT: `${port}` } })
    expect(await running.ended).toBe(0)
    expect(running.out).toBe('200 OK\n')
  })

  it('is not well where nobody listens', async () => {
    const { port, server } = await startServer()
    await server.close()
    const running = run(['health', `--port=${port}`])
    expect(await running.ended).toBe(1)
    expect(running.err).toContain('ECONNREFUSED')
  })

  it('tells with --ready that clients should go elsewhere', async () => {
    const { port } = await startServer({
      routes: [{ path: '/sub/ready', handle: (_ask, reply) => void reply.writeHead(503).end('Draining') }],
    })
    const running = run(['health', '--ready', `--port=${port}`, '--path=/sub'])
    expect(await running.ended).toBe(1)
    expect(running.err).toBe('503 Draining\n')
  })

  it('finds a server with a certificate and names of its own', async () => {
    const { cert, key } = makeCertificate()
    const { port } = await startServer({ tls: { cert, key }, hosts: ['app.example.org'] })
    const folder = createFolder({ 'cert.pem': `${cert}`, 'key.pem': `${key}` })
    const files = [`--tls.cert=${folder}/cert.pem`, `--tls.key=${folder}/key.pem`]
    const running = run(['health', `--port=${port}`, '--hosts=app.example.org', ...files])
    expect([await running.ended, running.err]).toEqual([0, ''])
  })
})

interface Ecosystem {
  readonly apps: readonly [
    { readonly args: string; readonly kill_timeout: number; readonly env: Record<string, string> },
  ]
}

const ecosystem = (): Ecosystem => createRequire(import.meta.url)(pathOf('ecosystem.config.cjs'))

/** What the container runs to ask for its health. */
const healthCommand = (): readonly string[] =>
  JSON.parse(/HEALTHCHECK[^[]*CMD (\[.*?\])/s.exec(read('Dockerfile').replaceAll('\\\n', ''))?.[1] ?? '[]')
