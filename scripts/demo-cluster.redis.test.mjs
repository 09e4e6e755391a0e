import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createRawWs } from '@org/realtime-raw-ws'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { root } from './bootstrap.mjs'
import { startDemo } from './demo-server.mjs'
import { findFreePort } from './find-free-port.mjs'
import { startRedis } from './start-redis.mjs'

const until = (/** @type {() => void} */ check) => vi.waitFor(check, { timeout: 25_000, interval: 50 })

describe('npm run demo -- --cluster', { timeout: 120_000 }, () => {
  it('names the port of the second node when that is busy, and else sends pages to two nodes in turn, which show the same gallery', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.close())
    const second = { port: await findFreePort(), redisPort: redis.port }
    const options = { port: 0, serverPort: 0, second }
    const busy = createServer().listen(second.port, '127.0.0.1')
    await once(busy, 'listening')
    await expect(startDemo(options)).rejects.toMatchObject({
      variable: 'SECOND_PORT',
      message: expect.stringContaining(`${second.port}`),
    })
    busy.close()
    await once(busy, 'close')

    const { url, backend, close } = await startDemo(options)
    onTestFinished(close)
    const ask = async (page = 'gallery/') => {
      const headers = { Referer: url + page }
      return /** @type {import('../examples/backend/src/index.ts').Address} */ (
        await (await fetch(`${url}demo.json`, { headers })).json()
      )
    }
    const given = [await ask(), await ask(), await ask('gallery/?node=2'), await ask('gallery/?node=2')]
    expect(given.map(({ node }) => node?.number)).toEqual([1, 2, 2, 2])
    const ofRakit = [await ask('rakit-chat/'), await ask('rakit-chat/'), await ask('rakit-chat/?node=2')]
    expect(ofRakit.map(({ node }) => node?.number)).toEqual([1, 1, 2])
    expect(new Set(given.map(({ host }) => host))).toEqual(new Set(backend.nodes.map(({ host }) => host)))

    const [atFirst, atSecond] = given.map((address) => {
      const client = createRawWs({ url: address.url, token: 'Alan' })
      onTestFinished(() => client.close())
      const desk = client.untyped('desk.1')
      /** @type {unknown[]} */
      const heard = []
      desk.on('Booked', (booking) => heard.push(JSON.stringify(booking)))
      return { desk, heard }
    })
    await until(() => expect(atFirst?.heard.length).toBeGreaterThan(0))
    await until(() => expect(atSecond?.heard).toContain(atFirst?.heard.at(-1)))
    const namesAt = (/** @type {typeof atFirst} */ side) => side?.desk.members.get().list.map(({ id }) => id)
    await until(() => expect(namesAt(atSecond)?.length).toBeGreaterThan(1))
    expect(namesAt(atSecond)).toContain('Alan')
  })

  it('says what to install where there is no Redis', async () => {
    const [PORT, SERVER_PORT, SECOND_PORT] = [
      `${await findFreePort()}`,
      `${await findFreePort()}`,
      `${await findFreePort()}`,
    ]
    const nowhere = { REDIS_SERVER_PATH: '/nowhere/redis-server' }
    const env = { ...process.env, ...nowhere, PORT, SERVER_PORT, SECOND_PORT }
    /** @type {{ code: unknown, stderr: string }} */
    const { code, stderr } = await new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(root, 'scripts/demo.mjs'), '--cluster'],
        { env },
        (error, _out, text) => resolve({ code: error?.code, stderr: text }),
      )
    })
    expect(code).toBe(1)
    expect(stderr).toContain('sudo apt-get install redis-server')
  })
})
