import type { Member, Position } from './adapter.ts'
import type { Denial, Rule } from './authorize.ts'
import { type ConnectionInfo, toInfo } from './connection-info.ts'
import type { Core } from './core.ts'
import type { Faults } from './faults/board.ts'
import type { HookName, Hooks } from './hooks.ts'
import { type MqttPublishOptions, publishMqtt } from './mqtt/publish-mqtt.ts'
import { type PusherPublishOptions, publishPusher } from './pusher/publish-pusher.ts'
import { createRevocations } from './revocations.ts'
import { checkMessage, toMessage } from './to-message.ts'

export interface PublishOptions {
  /** The same id is taken once for as long as `dedupe` says. */
  readonly id?: string
}

export interface ChannelInfo {
  readonly name: string
  /** How many connections have joined it. */
  readonly subscribers: number
}

export interface DisconnectOptions {
  /** @default 4010 on `/raw`, after which its client stops */
  readonly code?: number
  readonly reason?: string
}

export interface RevokeOptions extends Partial<Denial> {
  /** This user alone. */
  readonly user?: string
}

/** What a program does with a server, whether or not it listens. */
export interface Verbs {
  /** Hears what happens; returns the removal. */
  on<H extends HookName>(hook: H, listener: (...values: Hooks[H]) => void): () => void
  /**
   * Decides about the channels of a pattern such as `booking.{userId}` or `public.*`. Of several that fit the
   * one that says most counts. Returns the removal.
   * @throws ServerError `option.invalid` for text that is no pattern, or a pattern that has a rule
   */
  authorize<P extends string>(pattern: P, rule: Rule<P>): () => void
  /**
   * Publishes to everybody in a channel; resolves with its place. Rejects with ServerError `publish.refused` for
   * a name against the rules, or a payload that is no JSON or too large.
   */
  publish(channel: string, event: string, payload?: unknown, options?: PublishOptions): Promise<Position>
  /** Sends to one client, by its id; tells whether it was there. */
  send(client: string, event: string, payload?: unknown): Promise<boolean>
  connections(): readonly ConnectionInfo[]
  /** Channels that somebody has joined. */
  channels(): readonly ChannelInfo[]
  /** Who is in a presence channel. */
  members(channel: string): Promise<readonly Member[]>
  /** Ends a connection; tells whether it was there. */
  disconnect(id: string, options?: DisconnectOptions): boolean
  /**
   * Puts users out of a channel on all nodes, all by default; tells how many connections of this one that were.
   * Nodes that cannot be reached now follow when they can, for as long as `history` goes back.
   */
  revoke(channel: string, options?: RevokeOptions): number
  /** Lets the credentials of a connection end, at once by default; tells whether it was there. */
  expire(id: string, inMs?: number): boolean
  /**
   * Publishes a message of MQTT; resolves when it is on its way. Rejects with ServerError `publish.refused` for what
   * is no topic, a payload that is too large, or one to be retained when there is no room.
   */
  publishMqtt(topic: string, payload: string | Uint8Array, options?: MqttPublishOptions): Promise<void>
  /**
   * Publishes to a channel of Pusher's protocol; text goes as it is, anything else as JSON. Rejects with ServerError
   * `publish.refused` for what its HTTP API would refuse.
   */
  publishPusher(
    channel: string,
    event: string,
    payload?: unknown,
    options?: PusherPublishOptions,
  ): Promise<void>
  /** Faults on demand, for tests of clients. Not for production. */
  readonly faults: Faults
}

export function createVerbs(core: Core): Verbs {
  const { hooks, rules, hub, connections, adapter, faults } = core
  const { frameBytes } = core.options.limits

  const revoke: Verbs['revoke'] = (channel, { user, refuse = 'forbidden', ...rest } = {}) => {
    const denial = { refuse, ...rest }
    const isMeant = (who: { readonly user: string }): boolean => user === undefined || who.user === user
    return hub.putOut(channel, denial, isMeant) + (core.mqtt?.broker.revoke(channel, isMeant) ?? 0)
  }
  const revocations = createRevocations(core, ({ channel, ...rest }) => revoke(channel, rest))

  return {
    on: hooks.on,
    authorize: rules.add,
    async publish(channel, event, payload, { id } = {}) {
      const message = toMessage(channel, event, payload, id)
      checkMessage(channel, message, frameBytes)
      const { epoch, off } = await adapter.append(channel, message)
      return { epoch, off }
    },
    publishPusher: (channel, event, payload, pusherOptions) =>
      publishPusher(core.pusher, channel, event, payload, pusherOptions),
    publishMqtt: (topic, payload, mqttOptions) => publishMqtt(core, topic, payload, mqttOptions),
    async send(client, event, payload) {
      const message = toMessage(client, event, payload)
      checkMessage(client, message, frameBytes)
      return adapter.direct(client, message)
    },
    connections: () => [...connections].map(toInfo),
    channels: () => [...hub.channels()].map(([name, subscribers]) => ({ name, subscribers })),
    members: adapter.members,
    disconnect(id, { code, reason } = {}) {
      const connection = connections.get(id)
      if (code === undefined) connection?.endBy('put-out')
      else connection?.close(code, reason)
      return connection !== undefined
    },
    revoke(channel, revokeOptions) {
      revocations.tell({ channel, ...revokeOptions })
      return revoke(channel, revokeOptions)
    },
    expire(id, inMs = 0) {
      const connection = connections.get(id)
      connection?.expire(inMs)
      return connection !== undefined
    },
    faults,
  }
}
