import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { dialRaw } from '../socket-test-setup.ts'
import { buildCli, createFolder, type Running } from './cli-test-setup.ts'

const { run } = buildCli()
const TEXT = ['--log.format=text', '--port=0']

const portOf = async (running: Running): Promise<number> =>
  Number((await running.sees(/ws:\/\/127\.0\.0\.1:(\d+)\/raw/))[1])

/** Somebody else on a port. */
async function occupy(): Promise<number> {
  const server = createServer((socket) => socket.end('HTTP/1.0 200 OK\r\nServer: other\r\n\r\n')).listen(
    0,
    '127.0.0.1',
  )
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

describe('realtime-server', () => {
  it('starts without anything given, and prints all that is needed to connect', async () => {
    const running = run(TEXT)
    const port = await portOf(running)
    await running.sees(/Ctrl-C ends it/)
    expect(running.out).toContain(`development, port ${port}`)
    expect(running.out).toContain(`createRawWs({ url: 'ws://127.0.0.1:${port}/raw' })`)
    expect(running.out).toContain(`createRakit({ url: 'ws://127.0.0.1:${port}/rakit' })`)
    expect(running.out).toMatch(/server {8}mode development, host 127\.0\.0\.1, port 0,/)
    expect(running.out).toContain('port = 0   (--port)')
    const { hello } = await dialRaw(port)
    expect(await hello()).toMatchObject({ t: 'welcome' })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('drains and exits with 0 on %s', async (signal) => {
    const running = run([...TEXT, '--drainMs=300'])
    const client = await dialRaw(await portOf(running))
    await client.hello()
    running.child.kill(signal)
    expect(await client.next('drain')).toEqual({ t: 'drain', ms: 200 })
    expect((await client.ended).code).toBe(1001)
    expect(await running.ended).toBe(0)
    expect(running.err).toContain('Clients have 300 ms to move elsewhere')
    expect(running.out).toMatch(new RegExp(`stopping +signal=${signal} drainMs=300 connections=1`))
  })

  it('ends at once on a second signal', async () => {
    const running = run([...TEXT, '--drainMs=60000'])
    const client = await dialRaw(await portOf(running))
    await client.hello()
    running.child.kill('SIGTERM')
    await running.sees(/Another signal ends it at once/)
    running.child.kill('SIGINT')
    expect(await running.ended).toBe(130)
  })

  it('names the port that is in use, who has it, and what to do', async () => {
    const port = await occupy()
    const running = run([`--port=${port}`])
    expect(await running.ended).toBe(1)
    expect(running.err).toMatch(
      new RegExp(
        `^Port ${port} of 127\\.0\\.0\\.1 is in use by a web server that calls itself other.*` +
          `Stop it, or choose another port: --port=${port + 1}\n$`,
      ),
    )
  })

  it('refuses a configuration with mistakes, and lists them', async () => {
    const cwd = createFolder({ 'realtime.json': '{"limits":{"frameBites":1}}' })
    const running = run(['start', '--config', 'realtime.json', '--prot=1'], {
      cwd,
      env: { REALTIME_RAW: 'yes' },
    })
    expect(await running.ended).toBe(1)
    expect(running.err.split('\n').slice(1)).toEqual([
      '- limits.frameBites (realtime.json): is no option: did you mean `limits.frameBytes`?',
      '- raw (REALTIME_RAW): must be true or false, not "yes"',
      '- prot (--prot): is no option: did you mean `--port`?',
      '',
    ])
  })

  it('writes JSON lines alone where no person looks, and no secret', async () => {
    const secret = 'a-secret-of-some-length'
    const running = run(['--port=0', '--log.level=debug', '--log.payloads'], {
      env: { REALTIME_INSPECT_TOKEN: secret },
    })
    const client = await dialRaw(await portOf(running))
    const { session } = await client.hello({ token: 'hello-token' })
    await running.sees(/"event":"send"/)
    running.child.kill('SIGTERM')
    await running.ended
    const lines = running.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ event }) => event)).toEqual([
      'start',
      'config',
      'serving',
      'connect',
      'receive',
      'send',
      'stopping',
      'send',
      'disconnect',
      'stop',
    ])
    expect(lines[1]).toMatchObject({
      values: { port: 0, 'inspect.token': '[redacted]' },
      given: { port: '--port' },
    })
    for (const text of [secret, 'hello-token', session]) expect(running.out + running.err).not.toContain(text)
  })

  it('opens in production what the configuration opens, and nothing else', async () => {
    const channels = JSON.stringify({ 'news.*': { publish: true } })
    const running = run([...TEXT, '--mode=production', '--authenticate=anonymous', '--channels', channels])
    const client = await dialRaw(await portOf(running))
    await client.hello()
    client.send({ t: 'sub', chs: [{ ch: 'news.today' }, { ch: 'other' }] })
    expect(await client.next('subbed')).toMatchObject({ ch: 'news.today' })
    expect(await client.next('refused')).toMatchObject({ ch: 'other', code: 'unknown-channel' })
  })

  it('serves wss: with a certificate, and takes a new one at SIGHUP', async () => {
    const cwd = createFolder({})
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem']
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
    const renew = () =>
      execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', 'cert.pem'], {
        cwd,
        stdio: 'ignore',
      })
    renew()
    const running = run([...TEXT, '--tls.cert=cert.pem', '--tls.key=key.pem'], { cwd })
    const [, url = ''] = await running.sees(/(wss:\/\/127\.0\.0\.1:\d+\/raw)/)
    const socket = new WebSocket(url, ['realtime.v1'], { ca: readFileSync(join(cwd, 'cert.pem')) })
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    renew()
    running.child.kill('SIGHUP')
    await running.sees(/reload .*cert\.pem/)
    const later = new WebSocket(url, ['realtime.v1'], { ca: readFileSync(join(cwd, 'cert.pem')) })
    onTestFinished(() => later.terminate())
    await once(later, 'open')
    const missing = run([...TEXT, '--tls.cert=none.pem', '--tls.key=key.pem'], { cwd })
    expect(await missing.ended).toBe(1)
    expect(missing.err).toContain('- tls.cert (--tls.cert): cannot be read: ENOENT')
  })

  it('goes on serving when nobody reads what it prints any more', async () => {
    const running = run(['--port=0', '--log.level=debug'])
    const port = await portOf(running)
    running.child.stdout?.destroy()
    running.child.stderr?.destroy()
    for (let count = 0; count < 5; count++) await (await dialRaw(port)).hello()
    running.child.kill('SIGTERM')
    expect(await once(running.child, 'exit')).toEqual([0, null])
  })

  it('tells help, version, and unknown commands', async () => {
    const [help, version, unknown] = [run(['doctor', '--help']), run(['--version']), run(['strat'])]
    expect([await help.ended, await version.ended, await unknown.ended]).toEqual([0, 0, 1])
    expect(help.out).toMatch(/^Usage: realtime-server[\s\S]*--limits\.frameBytes {3}a whole number from/)
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
    expect(unknown.err).toBe('strat is no command. Did you mean start? --help tells more\n')
  })
})

describe('realtime-server doctor', () => {
  it('finds nothing where all is well', async () => {
    const running = run(['doctor', '--port=0'])
    expect(await running.ended).toBe(0)
    expect(running.out).toMatch(
      /^ok {4}Node .*\nok {4}configuration: 1 option given, by --port\nok {4}any free port/,
    )
  })

  it('says what to do about each mistake, for programs too', async () => {
    const port = await occupy()
    const cwd = createFolder({ '.env': 'REVERB_SCHEME=https\n' })
    const running = run(['doctor', '--json', `--port=${port}`, '--mode=production'], { cwd })
    expect(await running.ended).toBe(1)
    const { ok, findings } = JSON.parse(running.out)
    expect(ok).toBe(false)
    expect(findings).toMatchObject([
      { state: 'ok' },
      {
        state: 'fail',
        message: expect.stringContaining('authenticate'),
        advice: 'Set --authenticate, or REALTIME_AUTHENTICATE',
      },
      { state: 'warn', message: expect.stringContaining('No channel is open') },
      {
        state: 'fail',
        message: expect.stringContaining(`port ${port}`),
        advice: expect.stringContaining(`--port=${port + 1}`),
      },
      { state: 'ok', message: expect.stringContaining('the clock says') },
      { state: 'warn', message: expect.stringContaining('REVERB_SCHEME is https') },
      { state: 'warn', message: expect.stringContaining('without REVERB_PORT clients use 443') },
    ])
  })
})
