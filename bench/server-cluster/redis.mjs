import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { delimiter } from 'node:path'
import { Redis } from 'ioredis'

/** Starts a Redis on a free port that keeps nothing on disk. */
export async function startRedis() {
  const port = await freePort()
  const child = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
    // Debian keeps it where not every user looks.
    env: { ...process.env, PATH: `${process.env['PATH']}${delimiter}/usr/sbin` },
  })
  child.on('error', () => {
    console.error('redis-server was not found: apt install redis-server')
    process.exit(1)
  })
  const redis = new Redis({ port, retryStrategy: () => 50 })
  redis.on('error', () => {})
  await redis.ping()
  return {
    port,
    /** CPU that it has used so far. */
    async cpuMs() {
      const info = await redis.info('cpu')
      const field = (/** @type {string} */ name) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1])
      return (field('used_cpu_sys') + field('used_cpu_user')) * 1000
    },
    stop() {
      redis.disconnect()
      child.kill()
    },
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
