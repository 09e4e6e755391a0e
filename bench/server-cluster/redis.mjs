import { Redis } from 'ioredis'
import { startRedis as start } from '../../scripts/start-redis.mjs'

/** A Redis that keeps nothing on disk, and says what it costs. */
export async function startRedis() {
  const { port, close } = await start()
  const redis = new Redis({ port, retryStrategy: () => 50 })
  redis.on('error', () => {})
  return {
    port,
    /** CPU that it has used so far. */
    async cpuMs() {
      const info = await redis.info('cpu')
      const field = (/** @type {string} */ name) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1])
      return (field('used_cpu_sys') + field('used_cpu_user')) * 1000
    },
    async stop() {
      redis.disconnect()
      await close()
    },
  }
}
