import { onTestFinished } from 'vitest'
import type { Adapter, StoreState } from '../adapter.ts'
import { type Clock, systemClock } from '../clock.ts'
import { numbers } from '../ranges.ts'
import { createRedisAdapter } from './redis-adapter.ts'
import { type RedisOptions, resolveRedis } from './redis-options.ts'

type Limits = Parameters<typeof createRedisAdapter>[0]['limits']

/** One node, as far as an adapter knows. */
export interface Node {
  readonly adapter: Adapter
  readonly heard: readonly unknown[]
  readonly states: readonly StoreState[]
  readonly crashes: readonly unknown[]
  /** Clients that are here, with what came for them. */
  readonly clients: Map<string, unknown[]>
  append(channel: string, payload?: string, id?: string): ReturnType<Adapter['append']>
  /** Watches a channel, from where it is now. */
  follow(channel: string): Promise<void>
}

/** A node that is there when this resolves, and gone when the test ends. */
export async function startNode(
  redis: RedisOptions,
  limits: Partial<Limits> = {},
  clock: Clock = systemClock,
): Promise<Node> {
  const heard: unknown[] = []
  const states: StoreState[] = []
  const crashes: unknown[] = []
  const clients: Node['clients'] = new Map()
  const adapter = createRedisAdapter({
    settings: resolveRedis(redis),
    limits: {
      members: 100,
      membersBytes: 10_000,
      history: numbers('history'),
      dedupe: numbers('dedupe'),
      ...limits,
    },
    clock,
    crash: (error) => crashes.push(error),
  })
  adapter.open({
    message: (channel, { off, payload }) => heard.push(['message', channel, off, `${payload}`]),
    moved: (channel, { off }) => heard.push(['moved', channel, off]),
    joined: (channel, { id }) => heard.push(['joined', channel, id]),
    left: (channel, id) => heard.push(['left', channel, id]),
    direct(client, message) {
      clients.get(client)?.push(message)
      return clients.has(client)
    },
    asked: (topic, question) => (topic === 'echo' ? [clients.size, question] : undefined),
    store: (state) => states.push(state),
  })
  onTestFinished(() => adapter.close())
  await adapter.start()
  return {
    adapter,
    heard,
    states,
    crashes,
    clients,
    append: (channel, payload = '', id) =>
      adapter.append(channel, { event: 'e', payload, ...(id !== undefined && { id }) }),
    async follow(channel) {
      adapter.watch(channel)
      await adapter.read(channel)
    },
  }
}
