import { get } from 'node:https'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createHealthRoutes } from './health.ts'
import { say } from './http.ts'
import { dialRaw, startServer } from './socket-test-setup.ts'
import { dialTcp, upgradeRequest } from './tcp-test-setup.ts'
import { makeCertificate } from './tls-test-setup.ts'
import type { Endpoint } from './wire.ts'

const statusOf = async (url: string, init?: RequestInit): Promise<number> => (await fetch(url, init)).status

describe('plain HTTP', () => {
  it('tells usage, and nothing that names anybody', async () => {
    const { url, port } = await startServer()
    const guest = await dialRaw(port)
    await guest.hello()
    const usage = await (await fetch(`${url}/usage`)).json()
    expect(usage).toMatchObject({ connections: 1, channels: 0, uptimeSeconds: expect.any(Number) })
    expect(Object.keys(usage.memory)).toEqual([
      'rssBytes',
      'heapUsedBytes',
      'heapLimitBytes',
      'externalBytes',
      'percent',
    ])
  })

  it.each([
    [85, 200, 'Memory 85 % of 85 %\n'],
    [85.6, 500, 'Memory 86 % of 85 %\n'],
  ])('takes traffic or not with %d %% of memory used', async (used, status, text) => {
    const health = createHealthRoutes({
      memoryPercent: 85,
      usedPercent: () => used,
      isDraining: () => false,
      isAway: () => false,
      counts: () => ({ connections: 0, channels: 0 }),
      since: () => 0,
      node: 'n1',
    })
    const routes = health.map((route) => ({ ...route, path: `/of${route.path}` }))
    const { url } = await startServer({ routes })
    const answer = await fetch(`${url}/of/accept-traffic`)
    expect([answer.status, await answer.text()]).toEqual([status, text])
    expect(await statusOf(`${url}/accept-traffic`)).toBe(200)
  })

  it('says what to do at the path of an endpoint, and which methods a page takes', async () => {
    const { url } = await startServer()
    const endpoint = await fetch(`${url}/raw`)
    expect([endpoint.status, endpoint.headers.get('upgrade'), await endpoint.text()]).toEqual([
      426,
      'websocket',
      'This is an endpoint for WebSocket: connect to it with a client\n',
    ])
    const page = await fetch(`${url}/up`, { method: 'DELETE' })
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET'])
  })

  it('lies below a path, and nowhere else', async () => {
    const { url, port } = await startServer({ path: '/realtime' })
    expect(url).toBe(`http://127.0.0.1:${port}/realtime`)
    const root = `http://127.0.0.1:${port}`
    expect(
      await Promise.all([`${url}/up`, `${root}/up`, `${root}/realtimeup`].map((each) => statusOf(each))),
    ).toEqual([200, 404, 404])
    await (await dialRaw(port, {}, '/realtime/raw')).hello()
  })

  it('is not served under the name of somebody else', async () => {
    const { port } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write('GET /usage HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    await tcp.closed
    expect(tcp.text).toMatch(/^HTTP\/1\.1 403 /)
    const upgrade = await dialTcp(port)
    upgrade.write(upgradeRequest().replace('127.0.0.1', 'evil.example'))
    await upgrade.closed
    expect(upgrade.text).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('serves pages of the program, and survives one that throws', async () => {
    const { url, crashes } = await startServer({
      routes: [
        {
          path: '/shops/{id}',
          methods: ['POST'],
          handle: (_request, reply, { id }) => say(reply, 200, `Shop ${id}`),
        },
        { path: '/broken', handle: () => Promise.reject(new Error('mine')) },
      ],
    })
    const textOf = async (path: string) => (await fetch(url + path, { method: 'POST' })).text()
    expect([await textOf('/shops/7'), await textOf('/shops/private-a.7%2Fx')]).toEqual([
      'Shop 7\n',
      'Shop private-a.7/x\n',
    ])
    expect([await textOf('/shops/%ff'), await textOf('/shops/7/x')]).toEqual(['Not Found\n', 'Not Found\n'])
    expect([
      await statusOf(`${url}/shops/7`),
      await statusOf(`${url}/broken`),
      await statusOf(`${url}/up`),
    ]).toEqual([405, 500, 200])
    expect(crashes).toEqual([new Error('mine')])
  })

  it('cuts who takes too long to send a request, or sends none', async () => {
    const { port } = await startServer({ times: { helloMs: 200 } })
    const [silent, slow] = [await dialTcp(port), await dialTcp(port)]
    slow.write('GET /up HTTP/1.1\r\nHost: 127.0.0.1\r\n')
    await Promise.all([silent.closed, slow.closed])
    expect(slow.text).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe('TLS', () => {
  it('serves https and wss', async () => {
    const tls = makeCertificate()
    const { port, url } = await startServer({ tls })
    expect(url).toBe(`https://127.0.0.1:${port}`)
    const status = await new Promise((resolve) => {
      get(`${url}/up`, { ca: tls.cert, agent: false }, (reply) => resolve(reply.resume().statusCode))
    })
    expect(status).toBe(200)
    const socket = new WebSocket(`wss://localhost:${port}/raw`, ['realtime.v1'], { ca: tls.cert })
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ t: 'hello', v: 1 }))
    expect(`${await new Promise((resolve) => socket.once('message', resolve))}`).toContain('"welcome"')
    socket.terminate()
  })
})

describe('who may come in', () => {
  const endpoint: Endpoint = {
    name: 'mine',
    accept: (wire) => ({ frame: (frame) => wire.send(`${wire.request.params['key']} ${frame}`), over() {} }),
  }

  it('tells by a close code on /raw that there are too many, and by a status where there is none', async () => {
    const { port } = await startServer({
      limits: { connectionsPerAddress: 1 },
      endpoints: { '/mine/{key}': endpoint },
    })
    await dialRaw(port)
    const second = await dialRaw(port)
    expect(await second.ended).toEqual({ code: 4006, reason: 'Too many connections' })
    const third = await dialTcp(port)
    third.write(upgradeRequest().replace('/raw', '/mine/a'))
    await third.closed
    expect(third.text).toMatch(/^HTTP\/1\.1 503 .*option `limits.connectionsPerAddress`/s)
  })

  it('counts those that have left no more', async () => {
    const { port } = await startServer({ limits: { connections: 1 } })
    const first = await dialRaw(port)
    first.socket.close()
    await first.ended
    await expect.poll(async () => (await dialRaw(port)).hello().then(({ t }) => t, String)).toBe('welcome')
  })

  it('knows the address behind so many proxies', async () => {
    const { port, server } = await startServer({ proxyHops: 2 })
    await dialRaw(port, { headers: { 'x-forwarded-for': 'forged, 203.0.113.9, 10.0.0.1' } })
    expect(server.connections().map(({ address }) => address)).toEqual(['203.0.113.9'])
  })

  it('serves endpoints of the program, with what its path holds', async () => {
    const { port } = await startServer({ endpoints: { '/mine/{key}': endpoint } })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/mine/secret`)
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('hi')
    expect(`${await new Promise((resolve) => socket.once('message', resolve))}`).toBe('secret hi')
    socket.terminate()
  })

  it('ends one connection whose endpoint throws, with 1011, and tells of it', async () => {
    const broken: Endpoint = {
      name: 'broken',
      accept: () => ({
        frame() {
          throw new Error('mine')
        },
        over() {},
      }),
    }
    const { port, crashes } = await startServer({ endpoints: { '/broken': broken } })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/broken`)
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('x')
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(1011)
    expect(crashes.splice(0)).toEqual([new Error('mine')])
  })

  it('refuses a path that is taken, or none', async () => {
    await expect(startServer({ endpoints: { '/raw': endpoint } })).rejects.toThrow('Option endpoints must be')
    await expect(startServer({ endpoints: { mine: endpoint } })).rejects.toThrow('Option endpoints must be')
    await expect(startServer({ routes: [{ path: '/up', handle() {} }] })).rejects.toThrow(
      'Option routes must be',
    )
  })
})
