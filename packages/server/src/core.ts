import type { Adapter, StoreState } from './adapter.ts'
import { createRules, type Rules } from './authorize.ts'
import type { Carrier } from './carrier.ts'
import type { Clock } from './clock.ts'
import { Connection } from './connection.ts'
import { type Connections, createConnections } from './connections.ts'
import type { Armed } from './faults/armed.ts'
import { FaultBoard } from './faults/board.ts'
import { createGuard, type Guard } from './guard.ts'
import { createHooks, type HookTable } from './hooks.ts'
import { createHub, type Hub } from './hub.ts'
import { createCounter } from './ids.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { Broker } from './mqtt/broker.ts'
import { createMqttEndpoint } from './mqtt/endpoint.ts'
import { MQTT_CHANNEL } from './names.ts'
import type { Resolved } from './options.ts'
import { createPaths, type Paths } from './paths.ts'
import { type AddressOf, createAddressOf } from './proxies.ts'
import type { Pusher } from './pusher/pusher.ts'
import { servePusher } from './pusher/serve.ts'
import { createRakitEndpoint } from './rakit/rakit-endpoint.ts'
import { createRawEndpoint } from './raw/endpoint.ts'
import type { ChannelsLimits } from './redis/channels.ts'
import { createRedisAdapter } from './redis/redis-adapter.ts'
import { createReloads, type Reloads } from './reloads.ts'
import type { Route } from './route.ts'
import type { Service } from './service.ts'
import { createTally, type Tally } from './tally.ts'
import type { Endpoint, WireRequest } from './wire.ts'

/** What the endpoints of this package are made of. */
export interface Context {
  readonly options: Resolved
  readonly clock: Clock
  readonly hooks: HookTable
  readonly adapter: Adapter
  readonly hub: Hub
  readonly rules: Rules
  /** For calls into code of the user. */
  readonly guard: Guard
  readonly faults: FaultBoard
  readonly reloads: Reloads
  readonly addressOf: AddressOf
  readonly tally: Tally
}

/** The server without its sockets. */
export interface Core extends Context {
  readonly connections: Connections
  readonly endpoints: Paths<Endpoint>
  /** The pages of protocols that have some. */
  readonly routes: readonly Route[]
  readonly pusher: Pusher | undefined
  readonly mqtt: { readonly broker: Broker; readonly endpoint: Endpoint } | undefined
  /** Serves one more connection; the carrier then reports to it. */
  serve(endpoint: Endpoint, carrier: Carrier, request: WireRequest): Connection
  /** Lets go of everything, once the connections are over. */
  stop(): Promise<void>
}

export function createCore(options: Resolved): Core {
  const { clock, limits, mode } = options
  const tally = createTally()
  const hooks = createHooks(() => tally.count('crashes', {}))
  const guard = createGuard({ clock, hookMs: options.times.hookMs, crash: hooks.crash })
  const rules = createRules({ isOpen: mode === 'development', guard })
  for (const [pattern, grant] of Object.entries(options.channels)) rules.add(pattern, () => grant)
  // A frame holds all members of a channel, and a little more.
  const membersBytes = limits.frameBytes - Math.min(4096, limits.frameBytes / 2)
  const { crash } = hooks
  const kept = { ...options, ...limits, membersBytes, histories: toHistories(options) }
  const adapter = options.redis
    ? createRedisAdapter({ settings: options.redis, limits: kept, clock, crash })
    : createMemoryAdapter(kept, clock)
  const onStore = (state: StoreState): void => hooks.emit('store', state)
  const hub = createHub({ adapter, channels: limits.channels, onStore, crash })
  const faults = new FaultBoard(clock)
  const reloads = createReloads(hooks, clock)
  const addressOf = createAddressOf(options)
  const shared = { options, clock, hooks, adapter, hub, rules, guard, faults, tally }
  const context: Context = { ...shared, reloads, addressOf }
  const connections = createConnections(limits)
  faults.onNow((armed) => strikeNow(armed, context, connections))
  const services = new Map<Endpoint, Service>()
  const pusher = options.pusher ? servePusher(context, options.pusher) : undefined
  const mqtt = createMqtt(context)
  const endpoints = createEndpoints(context, { pusher: pusher?.endpoint, mqtt: mqtt?.endpoint })
  const nextId = createCounter()

  const serviceOf = (endpoint: Endpoint): Service => {
    const service = services.get(endpoint) ?? {
      endpoint,
      hooks,
      faults,
      bufferBytes: limits.bufferBytes,
      forget: connections.delete,
    }
    services.set(endpoint, service)
    return service
  }

  return {
    ...context,
    connections,
    endpoints,
    routes: pusher?.routes ?? [],
    pusher: pusher?.pusher,
    mqtt,
    serve(endpoint, carrier, request) {
      const connection = new Connection(nextId(), clock.date(), carrier, request, serviceOf(endpoint))
      connections.add(connection)
      hooks.emit('connect', connection)
      connection.start()
      const armed = faults.isIdle ? undefined : faults.strike('open', connection.about())
      if (armed) connection.suffer(armed.rule, armed)
      return connection
    },
    async stop() {
      reloads.stop()
      await Promise.all([...endpoints.all].map((endpoint) => endpoint.stop?.()))
      await adapter.close()
      hooks.emit('stop')
    },
  }
}

/** What was published to MQTT is kept for other nodes, whatever other channels keep. */
function toHistories({ mqtt }: Resolved): ChannelsLimits['histories'] {
  if (!mqtt) return undefined
  const { replayMessages: messages, replayBytes: bytes, replayMs: ageMs } = mqtt
  return new Map([[MQTT_CHANNEL, { messages, bytes, ageMs }]])
}

/** Carries out rules that strike at once. */
function strikeNow(armed: Armed<'now'>, { adapter, hooks }: Context, connections: Connections): void {
  const { rule } = armed
  if (rule.do === 'evict' || rule.do === 'restart')
    adapter[rule.do](rule.channel).catch((error: unknown) => hooks.crashUnlessAway(error, `fault ${rule.do}`))
  else
    for (const connection of connections) if (armed.meets(connection.about())) connection.suffer(rule, armed)
}

function createMqtt(context: Context): Core['mqtt'] {
  const settings = context.options.mqtt
  if (!settings) return undefined
  const broker = new Broker(context, settings)
  return { broker, endpoint: createMqttEndpoint(broker) }
}

/** Those that have more than a place. */
interface OwnEndpoints {
  readonly pusher: Endpoint | undefined
  readonly mqtt: Endpoint | undefined
}

function createEndpoints(context: Context, { pusher, mqtt }: OwnEndpoints): Paths<Endpoint> {
  const { raw, rakit, endpoints: own } = context.options
  const endpoints = createPaths<Endpoint>('endpoints')
  if (raw) endpoints.add('/raw', createRawEndpoint(context))
  if (rakit) endpoints.add('/rakit', createRakitEndpoint(rakit, context.clock))
  if (pusher) endpoints.add('/app/{key}', pusher)
  if (mqtt) endpoints.add('/mqtt', mqtt)
  for (const [path, endpoint] of Object.entries(own)) endpoints.add(path, endpoint)
  return endpoints
}
