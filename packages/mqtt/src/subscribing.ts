import type { SubscribeRequest } from '@org/realtime-core/kit'
import type { FilterRequest, Qos, Suback, Unsuback } from './codec/packets.ts'
import { isShared, toMatched } from './codec/topics.ts'
import { fault, type Why } from './fault.ts'
import type { Names } from './names.ts'
import { isWorthAnotherTry } from './reason-codes.ts'
import type { Retained } from './retained.ts'
import { nextPacketId, type SessionState, type Subscribed } from './session-state.ts'
import type { Wire } from './wire.ts'

/** Options of a channel, the last argument of `client.channel`. */
export interface MqttChannelOptions {
  /** The most that messages are delivered with. @default 0 */
  readonly qos?: 0 | 1 | 2
  /** Leaves out what this client published itself. MQTT 5. @default false */
  readonly noLocal?: boolean
  /** Lets `meta.retain` say what the publisher said. MQTT 5. @default false */
  readonly retainAsPublished?: boolean
  /** What is retained comes always (0), only to a new subscription (1), or never (2). MQTT 5. @default 0 */
  readonly retainHandling?: 0 | 1 | 2
  /** Every publish to the channel is retained, so that subscribing again brings the latest. @default false */
  readonly retained?: boolean
}

type Wanted = Pick<SubscribeRequest, 'key' | 'options'>

/** The subscriptions of one connection. */
export interface Subscribing {
  subscribe(requests: readonly Wanted[]): void
  /** Asks again where more is wanted than was asked for. */
  update(request: Wanted): void
  unsubscribe(channel: string): void
  suback(packet: Suback): void
  unsuback(packet: Unsuback): void
}

const isStep = (value: number): boolean => [0, 1, 2].includes(value)

/** Longer packets of filters are cut in two. */
const MOST_FILTERS = 100

export function createSubscribing(
  state: SessionState,
  wire: Wire,
  isPresent: boolean,
  { names, retained }: { readonly names: Names; readonly retained: Retained },
): Subscribing {
  const { events, asked, server, isV5 } = wire
  const { filters, routes } = state
  const hasIdentifiers = isV5 && server.subscriptionIdentifierAvailable !== false
  const isLatest = new Set<string>()
  /** What the session had: several handles of a channel may have asked for more than the last one of them. */
  const before = new Map(filters)

  const forget = (channel: string): void => {
    const known = filters.get(channel)
    if (!known) return
    filters.delete(channel)
    routes.remove(toMatched(known.filter), channel)
    retained.forget(channel)
  }

  const remember = (channel: string, request: FilterRequest): void => {
    const known = filters.get(channel)
    const qos = Math.max(request.qos, (known ?? before.get(channel))?.qos ?? 0) as Qos
    const identifier = hasIdentifiers ? known?.identifier || ++state.lastIdentifier : 0
    if (!known) routes.add(toMatched(request.filter), channel)
    filters.set(channel, { ...request, qos, identifier })
  }

  const refuse = (channel: string, code: number, why: Why, reason: string = why): void => {
    forget(channel)
    before.delete(channel)
    const error = fault('channel.rejected', { channel, code }, undefined, reason)
    events.refused(channel, error, isWorthAnotherTry(code))
  }

  const send = (channels: readonly string[]): void => {
    const id = nextPacketId(state, asked)
    if (!id) {
      for (const channel of channels) refuse(channel, 0x97, 'room')
      return
    }
    const requests = channels.map((channel) => filters.get(channel) as Subscribed)
    const identifier = requests[0]?.identifier
    const properties = identifier ? { subscriptionIdentifiers: [identifier] } : undefined
    wire.send({ type: 'subscribe', id, filters: requests, properties })
    asked.set(id, channels)
  }

  const toRequest = (filter: string, { options }: Wanted): FilterRequest => {
    const how = options as MqttChannelOptions
    const { qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 } = how
    return { filter, qos, noLocal, retainAsPublished, retainHandling }
  }

  const subscribe = (requests: readonly Wanted[]): void => {
    const channels: string[] = []
    for (const request of requests) {
      const { key } = request
      const filter = names.toFilter(key)
      const {
        retained: isAlwaysRetained,
        retainHandling = 0,
        qos = 0,
        noLocal,
      } = request.options as MqttChannelOptions
      if (filter === undefined) refuse(key, 0x8f, 'filter')
      else if (!isStep(qos) || !isStep(retainHandling)) refuse(key, 0x82, 'options')
      // [MQTT-3.8.3-4]
      else if (noLocal && isShared(filter)) refuse(key, 0x82, 'local')
      else {
        if (isAlwaysRetained && !retainHandling) isLatest.add(key)
        remember(key, toRequest(filter, request))
        channels.push(key)
      }
    }
    // An identifier is that of a whole packet.
    const size = hasIdentifiers ? 1 : MOST_FILTERS
    for (let at = 0; at < channels.length; at += size) send(channels.slice(at, at + size))
  }

  if (!isPresent) for (const channel of before.keys()) forget(channel)

  return {
    subscribe,
    update(request) {
      const known = filters.get(request.key)
      if (!known) return
      const { qos, noLocal, retainAsPublished } = toRequest(known.filter, request)
      const isMore = qos > known.qos
      if (isMore || noLocal !== known.noLocal || retainAsPublished !== known.retainAsPublished)
        subscribe([request])
    },
    unsubscribe(channel) {
      const filter = names.toFilter(channel)
      const id = nextPacketId(state, asked)
      before.delete(channel)
      forget(channel)
      if (filter === undefined || !id) return
      asked.set(id, [channel])
      wire.send({ type: 'unsubscribe', id, filters: [filter] })
    },
    suback({ id, codes, properties }) {
      const channels = asked.get(id)
      asked.delete(id)
      if (channels?.length !== codes.length) return wire.violate(0x82, 'answer', id)
      for (const [index, channel] of channels.entries()) {
        const known = filters.get(channel)
        const code = codes[index] as number
        // Left meanwhile.
        if (!known) continue
        known.granted = code
        if (code > 2) refuse(channel, code, 'refused', properties?.reasonString)
        else
          events.joined(channel, {
            // After close() it is asked for again, though the server has had it all the time.
            resumed: before.delete(channel) && isPresent,
            ...(isLatest.has(channel) && { continuity: 'latest-only' }),
          })
      }
    },
    unsuback({ id, codes }) {
      const channels = asked.get(id)
      asked.delete(id)
      if (!channels || (isV5 && channels.length !== codes.length)) wire.violate(0x82, 'answer', id)
    },
  }
}
