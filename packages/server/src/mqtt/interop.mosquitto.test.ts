import { type ChildProcess, spawn } from 'node:child_process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../socket-test-setup.ts'

const versions = ['mqttv31', 'mqttv311', 'mqttv5'] as const

interface Program {
  readonly lines: readonly string[]
  until(count: number): Promise<void>
  readonly ended: Promise<number | null>
  readonly child: ChildProcess
}

async function start() {
  const { server, crashes } = await startServer({ mqtt: { tcp: 'on', port: 0 } })
  const { mqtt } = await server.listen()
  const run = (name: 'mosquitto_pub' | 'mosquitto_sub', ...args: readonly string[]): Program => {
    const child = spawn(name, ['-h', '127.0.0.1', '-p', `${mqtt?.port}`, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    let rest = ''
    child.stdout.on('data', (bytes) => {
      const parts = `${rest}${bytes}`.split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    onTestFinished(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    })
    return {
      lines,
      child,
      ended,
      async until(count) {
        while (lines.length < count) await new Promise((resolve) => child.stdout.once('data', resolve))
      },
    }
  }
  const subscribed = async (...filters: readonly string[]): Promise<void> => {
    while (!filters.every((filter) => server.connections().some(({ channels }) => channels.includes(filter))))
      await new Promise((resolve) => setTimeout(resolve, 2))
  }
  /** All that came to it, up to a message that is known to be the last. */
  const ended = async (watcher: Program): Promise<readonly string[]> => {
    await server.publishMqtt('willtopic', 'end', { qos: 1 })
    while (!watcher.lines.includes('willtopic end')) await watcher.until(watcher.lines.length + 1)
    return watcher.lines.slice(0, watcher.lines.indexOf('willtopic end'))
  }
  return { run, server, crashes, subscribed, ended }
}

describe.each(versions)('mosquitto_pub and mosquitto_sub with %s', (version) => {
  it.each([0, 1, 2])('bring messages of QoS %i', async (qos) => {
    const { run, crashes, subscribed } = await start()
    const sub = run('mosquitto_sub', '-V', version, '-t', 'test/#', '-q', `${qos}`, '-C', '3', '-v')
    await subscribed('test/#')
    for (const [n, text] of ['one', 'zwei ä€😀', '3'].entries()) {
      const pub = run('mosquitto_pub', '-V', version, '-t', 'test/a', '-q', `${qos}`, '-m', text)
      expect(await pub.ended).toBe(0)
      // Without an answer it may end before its message arrives, and the next one be faster.
      await sub.until(n + 1)
    }
    expect(await sub.ended).toBe(0)
    expect(sub.lines).toEqual(['test/a one', 'test/a zwei ä€😀', 'test/a 3'])
    expect(crashes).toEqual([])
  })

  it('keep what is retained, and sessions', async () => {
    const { run, server } = await start()
    const keep = version === 'mqttv5' ? ['-c', '-x', '60'] : ['-c']
    const session = ['-V', version, '-i', 'kept', ...keep, '-q', '1', '-t', 'test/#', '-v']
    expect(await run('mosquitto_pub', '-V', version, '-r', '-t', 'test/a', '-m', 'kept').ended).toBe(0)
    const first = run('mosquitto_sub', ...session, '-C', '1')
    expect(await first.ended).toBe(0)
    expect(first.lines).toEqual(['test/a kept'])
    await server.publishMqtt('test/b', 'meanwhile', { qos: 1 })
    const again = run('mosquitto_sub', ...session, '-R', '-C', '1')
    await again.until(1)
    expect(again.lines).toEqual(['test/b meanwhile'])
  })

  it('publish the will of one that is killed, once and long before its keep-alive is over, and not of one that leaves (scenario 16)', async () => {
    const { run, server, subscribed, ended } = await start()
    const watcher = run('mosquitto_sub', '-V', version, '-t', 'willtopic', '-q', '1', '-v')
    // No test outlives that keep-alive: a will that comes, comes because the server saw the end.
    const will = [
      '-k',
      '3600',
      '--will-topic',
      'willtopic',
      '--will-payload',
      'exactly this',
      '--will-qos',
      '1',
    ]
    await subscribed('willtopic')
    // A signal would not do: while it is busy, mosquitto_sub locks itself out by disconnecting in the handler.
    const leaving = run('mosquitto_sub', '-V', version, '-t', 'leaving', '-C', '1', ...will)
    await subscribed('leaving')
    await server.publishMqtt('leaving', 'now')
    expect(await leaving.ended).toBe(0)
    const dying = run('mosquitto_sub', '-V', version, '-t', 'dying', ...will)
    await subscribed('dying')
    dying.child.kill('SIGKILL')
    await watcher.until(1)
    expect(await ended(watcher)).toEqual(['willtopic exactly this'])
  })
})

describe('mosquitto_sub', () => {
  it('gets the will of a frozen client, once (scenario 16)', async () => {
    const { run, subscribed, ended } = await start()
    const watcher = run('mosquitto_sub', '-t', 'willtopic', '-v')
    const will = ['--will-topic', 'willtopic', '--will-payload', 'frozen']
    const frozen = run('mosquitto_sub', '-k', '5', '-t', 'frozen', ...will)
    await subscribed('willtopic', 'frozen')
    frozen.child.kill('SIGSTOP')
    await watcher.until(1)
    expect(await ended(watcher)).toEqual(['willtopic frozen'])
  }, 15_000)

  it('shares a subscription of MQTT 5', async () => {
    const { run, server, subscribed } = await start()
    const subs = ['a', 'b'].map((id) =>
      run('mosquitto_sub', '-V', 'mqttv5', '-i', id, '-t', '$share/g/test/+', '-q', '1'),
    )
    await subscribed('$share/g/test/+')
    while (server.connections().filter(({ channels }) => channels.length).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 2))
    for (let n = 0; n < 6; n++) await server.publishMqtt('test/a', `${n}`, { qos: 1 })
    await Promise.all(subs.map((sub) => sub.until(3)))
    expect([...subs.flatMap(({ lines }) => lines)].sort()).toEqual(['0', '1', '2', '3', '4', '5'])
  })
})
