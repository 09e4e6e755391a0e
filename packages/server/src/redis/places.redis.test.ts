import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from '../tls-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { startNode } from './adapter-test-setup.ts'
import { startRedis, startWire } from './redis-test-setup.ts'

function ask(port: number): Redis {
  const redis = new Redis({ port, host: '127.0.0.1' })
  onTestFinished(() => redis.disconnect())
  return redis
}

describe('nodes meet', () => {
  it('at a Redis that wants a user, a password and TLS', async () => {
    const { cert, key } = makeCertificate()
    const redis = await startRedis(({ folder, port }) => {
      const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
      writeFileSync(certFile, cert)
      writeFileSync(keyFile, key)
      const tls = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-auth-clients', 'no']
      const users = join(folder, 'users.acl')
      writeFileSync(users, 'user default off\nuser ann on >a/secret +@all ~* &*\n')
      return ['--port', '0', '--tls-port', `${port}`, '--save', '', '--aclfile', users, ...tls]
    })
    const url = `rediss://ann:a%2Fsecret@127.0.0.1:${redis.port}`
    const [a, b] = [await startNode({ url, tls: { ca: cert } }), await startNode({ url, tls: { ca: cert } })]
    await b.follow('x')
    await a.append('x', 'safe')
    await until(() => expect(b.heard).toEqual([['message', 'x', 1, 'safe']]))
    const stranger = await startNode({ url })
    expect(stranger.states).toMatchObject([{ isAway: true, reason: expect.stringMatching(/certificate/) }])
    const wrong = await startNode({
      host: '127.0.0.1',
      port: redis.port,
      username: 'ann',
      password: 'x',
      tls: { ca: cert },
    })
    expect(wrong.states).toMatchObject([{ isAway: true, reason: expect.stringMatching(/WRONGPASS/) }])
    expect(JSON.stringify([stranger.states, wrong.states])).not.toContain('secret')
  })

  it('where sentinels say, and a master that has lost writes begins a new epoch', async () => {
    const [first, second] = [await startRedis(), await startRedis()]
    await ask(second.port).replicaof('127.0.0.1', first.port)
    const sentinel = await startRedis(({ folder, port }) => {
      const file = join(folder, 'sentinel.conf')
      const lines = [
        `port ${port}`,
        `dir ${folder}`,
        `sentinel monitor main 127.0.0.1 ${first.port} 1`,
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 2000',
      ]
      writeFileSync(file, lines.join('\n'))
      return [file, '--sentinel']
    })
    const watcher = ask(sentinel.port)
    const replicas = async () => String(await watcher.call('SENTINEL', 'REPLICAS', 'main'))
    await until(async () => expect(await replicas()).toContain(`${second.port}`))
    const at = { sentinels: [`127.0.0.1:${sentinel.port}`], name: 'main' }
    const [a, b] = [await startNode(at), await startNode(at)]
    await b.follow('x')
    const { epoch } = await a.append('x', 'one')
    await until(() => expect(b.heard).toHaveLength(1))
    await first.kill()
    await until(async () => expect((await a.append('x', 'two')).epoch).not.toBe(epoch))
    await until(() => expect(b.heard.map((each) => (each as [string])[0])).toContain('moved'))
    const { off } = await a.append('x', 'three')
    await until(() => expect(b.heard.at(-1)).toEqual(['message', 'x', off, 'three']))
    expect([a.crashes, b.crashes]).toEqual([[], []])
  }, 60_000)
})

it('takes a node that is cut off for dead within its lease, and has its members back when it is there again', async () => {
  const redis = await startRedis()
  const wire = await startWire(redis.port)
  const [stays, cut] = [
    await startNode({ port: redis.port, leaseMs: 3000 }),
    await startNode({ port: wire.port, leaseMs: 3000 }),
  ]
  for (const node of [stays, cut]) await node.follow('x')
  await cut.adapter.enter('x', 's', { id: 'ann' })
  wire.cut()
  await until(() =>
    expect(stays.heard).toEqual([
      ['joined', 'x', 'ann'],
      ['left', 'x', 'ann'],
    ]),
  )
  await stays.append('x', 'missed')
  wire.join()
  await until(() => expect(stays.heard.at(-1)).toEqual(['joined', 'x', 'ann']))
  await until(() => expect(cut.heard).toContainEqual(['message', 'x', 1, 'missed']))
  expect(cut.heard).toEqual([
    ['joined', 'x', 'ann'],
    ['message', 'x', 1, 'missed'],
  ])
})
