import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createServer } from '../index.ts'
import { startServer } from '../socket-test-setup.ts'
import { get } from './http/api-test-setup.ts'
import { dialPusher } from './live-test-setup.ts'
import { APP } from './pusher-test-setup.ts'

function makeFile(apps: unknown): { readonly path: string; write(text: string): void } {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-apps-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'apps.json')
  writeFileSync(path, JSON.stringify(apps))
  return {
    path,
    // As editors and deployments do: another file takes its place.
    write(text) {
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
    },
  }
}

async function start(apps: unknown) {
  const { path, write } = makeFile(apps)
  const started = await startServer({ pusher: { appsFile: path } })
  const news: { readonly error?: unknown }[] = []
  started.server.on('reload', (each) => news.push(each))
  /** Resolves with what is said of the change. */
  const change = async (text: string) => {
    const told = new Promise<{ readonly what: string; readonly error?: unknown }>((resolve) => {
      const stop = started.server.on('reload', (each) => {
        stop()
        resolve(each)
      })
    })
    write(text)
    return told
  }
  return { ...started, path, write, news, change }
}

const other = { id: 'other', key: 'other-key', secret: 'other-secret' }

describe('apps of a file', () => {
  it('come and go as the file changes, and what stays goes on', async () => {
    const { port, change } = await start([APP, other])
    const [one, two] = [await dialPusher(port), await dialPusher(port, 'other-key')]
    await one.join('private-a')
    const news = await change(
      JSON.stringify({
        apps: [
          { ...APP, enableClientMessages: false },
          { ...other, id: 'new', key: 'new-key' },
        ],
      }),
    )
    expect(news).toMatchObject({ what: 'apps' })
    expect(news.error).toBeUndefined()
    expect(await two.ended).toBe(4001)
    await dialPusher(port, 'new-key')
    one.send({ event: 'client-a', channel: 'private-a', data: {} })
    expect(await one.next('pusher:error')).toMatchObject({ data: { code: 4301 } })
  })

  it.each([
    ['no JSON', '[{', 'JSON'],
    ['no list', '{}', 'it holds no list'],
    ['an app without a secret', '[{"id":"1","key":"k"}]', 'pusher.apps secret'],
    [
      'a member that no app has',
      '[{"id":"1","key":"k","secret":"s","maxConection":1}]',
      'did you mean `maxConnections`',
    ],
    ['two apps of one key', JSON.stringify([APP, { ...other, key: APP.key }]), 'one that no other app has'],
  ])('stay as they are when it holds %s, which is told once', async (_, text, reason) => {
    const { port, url, change, news } = await start([APP])
    const one = await dialPusher(port)
    expect(String((await change(text)).error)).toContain(reason)
    one.send({ event: 'pusher:ping' })
    await one.next('pusher:pong')
    await dialPusher(port)
    expect((await get(url, 'channels')).status).toBe(200)
    expect(news.length).toBe(1)
  })

  it('are read anew when it is asked for, also after the file was gone', async () => {
    const { port, path, write, server, news } = await start([APP])
    rmSync(path)
    server.reload()
    expect(String(news[0]?.error)).toContain('ENOENT')
    write(JSON.stringify([APP, other]))
    server.reload()
    await dialPusher(port, 'other-key')
  })

  it('are read anew when they have changed right after they were read', async () => {
    const { path, write } = makeFile([APP])
    const server = createServer({ mode: 'development', pusher: { appsFile: path } })
    onTestFinished(() => server.close())
    const news = new Promise((resolve) => server.on('reload', resolve))
    write(JSON.stringify([APP, other]))
    expect(await news).toEqual({ what: 'apps', from: path })
  })

  it('refuses to start with a file that is broken, naming it', () => {
    const { path } = makeFile({})
    const make = (options: object) => () =>
      createServer({ mode: 'development', pusher: { appsFile: path, ...options } })
    expect(make({})).toThrow(`${path}: it holds no list`)
    expect(make({ apps: () => undefined })).toThrow('Option pusher.appsFile must be left out')
  })
})
