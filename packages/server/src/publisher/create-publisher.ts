import type { Channels, RegisteredChannels } from '@org/realtime-core'
import { createRegistry } from '@org/realtime-core/kit'
import Pusher from 'pusher'
import { type Clock, systemClock } from '../clock.ts'
import { invalid } from '../errors.ts'
import { toMasterKey } from '../master-key.ts'
import type { BatchEntry, PublishChannels } from './publish-channel.ts'
import type { PublisherOptions } from './publisher-options.ts'
import { createSend, type WireEvent } from './request.ts'
import { createThrottle } from './throttle.ts'
import { toData } from './to-data.ts'

/** Publishes to any server of Pusher's protocol, typed by a registry. */
export interface Publisher<R extends Channels = Channels> {
  readonly channel: PublishChannels<R>
  /**
   * Publishes many events, ten in a request; each ten are taken together or not at all. Rejects at the first that
   * is not taken; those before it are out.
   */
  publishBatch(entries: readonly BatchEntry[]): Promise<void>
  /** The same, but whoever has this socket does not get it: what a page has just done itself. */
  toOthers(socketId: string | undefined): Publisher<R>
  /** The official library, for everything else: signing, webhooks, questions about channels. */
  readonly backend: Pusher
}

const CHUNK = 10

/** Unlike those of a server, waits of a publish keep the process. */
const keepingClock: Clock = {
  ...systemClock,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/**
 * Makes a publisher for backends. Needs the library `pusher`.
 * @throws ServerError `option.invalid` that names what is missing
 * @example
 * const publisher = createPublisher({ appId: 'app-id', key: 'app-key', secret: 'app-secret', channels })
 * await publisher.channel('private-booking.{userId}', { userId: 42 }).publish('Changed', { code: 'B-7' })
 */
export function createPublisher<R extends Channels = RegisteredChannels>(
  options: PublisherOptions<R>,
): Publisher<R> {
  const { appId, key, secret, channels, clock = keepingClock } = options
  const { host = '127.0.0.1', tls = false, port = tls ? 443 : 6001 } = options
  const { maxAttempts = 5, firstWaitMs = 250, maxWaitMs = 30_000, timeoutMs = 10_000 } = options
  for (const [name, value] of Object.entries({ appId, key, secret }))
    if (typeof value !== 'string' || value === '') throw invalid(name, 'text', '[hidden]')
  for (const [name, value] of Object.entries({ maxAttempts, firstWaitMs, maxWaitMs, timeoutMs }))
    if (!(value >= (name === 'firstWaitMs' ? 0 : 1))) throw invalid(name, 'a positive number', value)
  const masterKey = toMasterKey('encryptionMasterKeyBase64', options.encryptionMasterKeyBase64)
  const registry = createRegistry(channels, '.')
  const backend = new Pusher({
    appId,
    key,
    secret,
    host,
    port: `${port}`,
    useTLS: tls,
    ...(masterKey && { encryptionMasterKeyBase64: masterKey.toString('base64') }),
  })
  const base = `${tls ? 'https' : 'http'}://${host}:${port}`
  const send = createSend({ backend, base, clock, maxAttempts, firstWaitMs, maxWaitMs, timeoutMs })

  const toWire = async (
    { channel, event, payload }: BatchEntry,
    socketId: string | undefined,
  ): Promise<WireEvent> => {
    const data = await toData(registry, channel, event, payload)
    return { name: event, channel, data, ...(socketId !== undefined && { socket_id: socketId }) }
  }

  const publishBatch = async (
    entries: readonly BatchEntry[],
    socketId: string | undefined,
  ): Promise<void> => {
    const batch = await Promise.all(entries.map((entry) => toWire(entry, socketId)))
    for (let start = 0; start < batch.length; start += CHUNK) {
      const chunk = batch.slice(start, start + CHUNK)
      const names = [...new Set(chunk.map(({ channel }) => channel))]
      await send(`/apps/${appId}/batch_events`, { batch: chunk }, names)
    }
  }

  const publish = async (entry: BatchEntry, socketId: string | undefined): Promise<void> => {
    const { channel, ...event } = await toWire(entry, socketId)
    await send(`/apps/${appId}/events`, { ...event, channels: [channel] }, [channel])
  }

  const create = (socketId: string | undefined): Publisher<R> => ({
    backend,
    publishBatch: (entries) => publishBatch(entries, socketId),
    toOthers: create,
    channel(pattern, ...[params]) {
      const name = registry.name(pattern, params)
      const entry = (event: string, payload: unknown): BatchEntry => ({ channel: name, event, payload })
      return {
        name,
        entry,
        publish: (event, payload) => publish(entry(event, payload), socketId),
        throttle: (event, throttling) =>
          createThrottle(throttling, {
            clock,
            publish: (payloads) =>
              publishBatch(
                payloads.map((payload) => entry(event, payload)),
                socketId,
              ),
          }),
      }
    },
  })

  return create(undefined)
}
