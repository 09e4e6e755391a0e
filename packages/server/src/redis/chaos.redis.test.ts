import { createRawWs } from '@org/realtime-raw-ws'
import { expect, it, onTestFinished } from 'vitest'
import { buildCli } from '../cli/cli-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { startBalancer, startNodeProcess } from './cluster-test-setup.ts'
import { DURABLE, startRedis } from './redis-test-setup.ts'

/** `npm run chaos` makes it longer. */
const LASTS_MS = Number(process.env['CHAOS_MS'] || 60_000)
const SETTLES_MS = 60_000
const CHANNELS = ['a', 'b']
const PUBLISHERS = 3
const SUBSCRIBERS = 4

const cli = buildCli()
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Numbers below 1 that a seed decides. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

it(
  'loses no acknowledged message, and tells of every gap, while nodes and Redis are killed',
  async () => {
    const seed = Number(process.env['CHAOS_SEED'] || Date.now() % 1_000_000)
    const random = createRandom(seed)
    const redis = await startRedis(DURABLE)
    const nodes = [await startNodeProcess(cli, redis.port), await startNodeProcess(cli, redis.port)]
    const { port } = await startBalancer(nodes)
    const dial = () => {
      const client = createRawWs({ url: `ws://127.0.0.1:${port}/raw`, backoff: { capMs: 1000 } })
      onTestFinished(() => client.close())
      return client
    }

    const listeners = Array.from({ length: SUBSCRIBERS }, () => {
      const client = dial()
      return CHANNELS.map((name) => {
        const heard: string[] = []
        const gaps: number[] = []
        const channel = client.untyped(name)
        channel.on('said', (value) => void heard.push(String(value)))
        channel.onGap(() => void gaps.push(heard.length))
        return { name, channel, heard, gaps }
      })
    }).flat()
    for (const { channel } of listeners)
      await until(() => expect(channel.status.get()).toMatchObject({ state: 'joined' }))

    const acknowledged = new Map<string, string[]>(CHANNELS.map((name) => [name, []]))
    const others: unknown[] = []
    let isOver = false
    const publish = async (publisher: number): Promise<void> => {
      const client = dial()
      for (let n = 0; !isOver; n++) {
        const name = CHANNELS[n % CHANNELS.length] ?? ''
        const text = `${publisher} ${n}`
        const { outcome } = await client.untyped(name).publish('said', text, { delivery: 'at-least-once' })
        if (outcome === 'acknowledged') acknowledged.get(name)?.push(text)
        else others.push(outcome)
        await pause(random() * 20)
      }
    }
    const publishing = Array.from({ length: PUBLISHERS }, (_, publisher) => publish(publisher))

    const kills = { nodes: 0, redis: 0 }
    const endsAt = Date.now() + LASTS_MS
    while (Date.now() < endsAt) {
      await pause(500 + random() * 2500)
      const node = nodes[Math.floor(random() * nodes.length)] ?? redis
      // Each at least once, whatever the seed.
      const isRedis = kills.redis === 0 || (kills.nodes > 0 && random() < 0.35)
      const victim = isRedis ? redis : node
      await victim.kill()
      kills[victim === redis ? 'redis' : 'nodes']++
      await pause(random() * 1500)
      await victim.start()
    }
    isOver = true
    await Promise.all(publishing)

    const faults: unknown[] = []
    const count = [...acknowledged.values()].flat().length
    await until(
      () => {
        for (const { name, heard, gaps } of listeners) {
          const all = new Set(heard)
          const missing = acknowledged.get(name)?.filter((text) => !all.has(text)) ?? []
          if (!gaps.length) expect({ seed, name, missing }).toEqual({ seed, name, missing: [] })
        }
      },
      { timeout: SETTLES_MS, interval: 200 },
    )
    for (const { name, heard } of listeners) {
      if (new Set(heard).size !== heard.length) faults.push([name, 'twice'])
      for (let publisher = 0; publisher < PUBLISHERS; publisher++) {
        const own = heard
          .filter((text) => text.startsWith(`${publisher} `))
          .map((text) => Number(text.split(' ')[1]))
        if (own.some((n, index) => n <= (own[index - 1] ?? -1)))
          faults.push([name, publisher, 'out of order'])
      }
    }
    const told = listeners.reduce((sum, { gaps }) => sum + gaps.length, 0)
    process.stdout.write(
      `chaos: seed ${seed}, ${kills.nodes} nodes and ${kills.redis} times Redis killed, ${count} messages acknowledged, ` +
        `${listeners.length} listeners told of ${told} gaps\n`,
    )
    expect({ seed, faults, others }).toEqual({ seed, faults: [], others: [] })
    // Everything was on the disk first, so nothing has to be given up.
    expect({ seed, told }).toEqual({ seed, told: 0 })
    expect(kills.nodes).toBeGreaterThan(0)
    expect(kills.redis).toBeGreaterThan(0)
    expect(count).toBeGreaterThan(100)
  },
  LASTS_MS + SETTLES_MS + 120_000,
)
