import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createServer, loadOptions } from '../index.ts'
import { dialPusher } from './live-test-setup.ts'

it('serves the described soketi.json: its address without a query connects, another key gets 4001', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'soketi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'soketi.json')
  const key = 'scada_dashboard_key_2024'
  writeFileSync(
    file,
    JSON.stringify({
      appId: 'scada_dashboard',
      appKey: key,
      appSecret: 'scada_dashboard_secret_2024',
      port: 6001,
      host: '127.0.0.1',
      database: { redis: { host: '127.0.0.1', port: 6379 } },
      cors: { origin: ['*'], methods: ['GET', 'POST'], allowedHeaders: ['*'] },
    }),
  )
  const options = loadOptions({ args: ['--config', file, '--port=0', '--log.level=off'], env: {} })
  const server = createServer(options)
  onTestFinished(() => server.close())
  const { port } = await server.listen()
  const guest = await dialPusher(port, key)
  expect(guest.socketId).toMatch(/^\d+\.\d+$/)
  const wrong = new WebSocket(`ws://127.0.0.1:${port}/app/other`)
  const [frame] = await once(wrong, 'message')
  expect(JSON.parse(`${frame}`)).toMatchObject({ event: 'pusher:error', data: { code: 4001 } })
  const [code] = await once(wrong, 'close')
  expect(code).toBe(4001)
  const root = new WebSocket(`ws://127.0.0.1:${port}/`)
  const [error] = await once(root, 'error')
  expect(`${error}`).toContain('404')
})
