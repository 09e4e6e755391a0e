import {
  createOutbox,
  createPublishQueue,
  type Outbox,
  type OutboxSetup,
  type Outgoing,
  type PublishQueue,
  RealtimeError,
  type Report,
} from '@org/realtime-core/kit'
import type { MqttProtocol } from './mqtt-protocol.ts'
import type { Names } from './names.ts'
import { toPacket } from './outgoing.ts'
import { toBytes } from './payloads.ts'
import type { Flight } from './session-state.ts'
import type { SessionStore } from './session-store.ts'
import { watchMap, watchSet } from './watched.ts'

/** A publish as it is kept: all but its payload, which follows as bytes. */
type Head = Omit<Outgoing, 'payload' | 'signal' | 'ttlMs' | 'options'> & {
  readonly ttlMs: number | null
  readonly options: unknown
}

/** Keeps the session of a client in its store, and brings it back. */
export interface SessionJournal {
  /** Resolves when what the store had is back in the state; never rejects. */
  readonly loaded: Promise<void>
  /** Resolves when nothing is on its way to the store; never rejects. */
  written(): Promise<void>
  readonly outbox: (setup: OutboxSetup) => Outbox
}

/** Kinds of keys: publishes, exchanges under way, identifiers received, and who we are. */
const PUBLISH = 'p'
const FLIGHT = 'f'
const RECEIVED = 'r'
const SELF = 's'

export function createJournal(
  store: SessionStore,
  { state, session }: Pick<MqttProtocol, 'state' | 'session'>,
  names: Names,
  /** Given by the user, it counts more than what was kept. */
  clientId: string | undefined,
): SessionJournal {
  const messages = new Map<string, Outgoing>()
  /** What was kept first is published first. */
  let turn = 0
  let take = (_message: Outgoing): void => {}

  let report: Report = () => {}

  const failed = (action: 'load' | 'write') => (cause: unknown) =>
    report(new RealtimeError('store.failed', `Session store could not ${action}`, { action }, cause))

  const writes = new Set<Promise<void>>()
  const note = (write: Promise<void>): void => {
    const done = write.catch(failed('write')).then(() => void writes.delete(done))
    writes.add(done)
  }
  const put = (key: string, value: Uint8Array): void => note(store.put(key, value))
  const remove = (key: string): void => note(store.delete(key))
  const putJson = (key: string, value: unknown): void => put(key, toBytes(JSON.stringify(value)))

  const watch = (): void => {
    watchMap(state.outgoing, (id, flight) => {
      if (!flight) remove(FLIGHT + id)
      else if (flight.stage !== 'waiting') {
        const { message, stage, packet } = flight
        putJson(FLIGHT + id, { turn: turn++, message: message?.id, stage, qos: packet.qos })
      }
    })
    watchSet(state.incoming, (id, isThere) =>
      isThere ? put(RECEIVED + id, new Uint8Array(0)) : remove(RECEIVED + id),
    )
    session.subscribe(() => putJson(SELF, { clientId: state.clientId, isKept: state.isKept }))
  }

  const restore = (records: Iterable<readonly [key: string, value: Uint8Array]>): void => {
    const flights: (StoredFlight & { readonly id: number })[] = []
    const publishes: (readonly [turn: number, message: Outgoing])[] = []
    for (const [key, value] of records) {
      const kind = key[0]
      const name = key.slice(1)
      if (kind === RECEIVED) state.incoming.add(Number(name))
      else if (kind === SELF)
        Object.assign(state, fromJson(value), { isRestored: true }, clientId && { clientId })
      else if (kind === FLIGHT) flights.push({ ...(fromJson(value) as StoredFlight), id: Number(name) })
      else if (kind === PUBLISH) publishes.push(toMessage(value))
    }
    const inFlight = new Set(flights.map(({ message }) => message))
    for (const [number, message] of publishes.sort(([a], [b]) => a - b)) {
      turn = Math.max(turn, number + 1)
      messages.set(message.id, { ...message, resent: inFlight.has(message.id) })
    }
    for (const { id, message: name, stage, qos, turn: number } of flights.sort((a, b) => a.turn - b.turn)) {
      turn = Math.max(turn, number + 1)
      const message = name === undefined ? undefined : messages.get(name)
      // Without its publish it is known by its identifier alone: at QoS 2 that is to be released.
      if (!message && qos === 1) continue
      const packet = message ? toPacket(message, names) : RELEASED
      if (message) state.restored.add(message.id)
      state.outgoing.set(id, { message, packet: { ...packet, id }, stage: message ? stage : 'released' })
    }
  }

  /** Publishes as ever, and keeps what is to arrive until it is settled. */
  const keeping =
    (queue: PublishQueue): PublishQueue['publish'] =>
    (message) => {
      const receipt = queue.publish(message)
      if (message.delivery !== 'at-least-once' && message.delivery !== 'exactly-once') return receipt
      put(PUBLISH + message.id, toRecord(message, turn++))
      const settled = (): void => remove(PUBLISH + message.id)
      receipt.then(settled, settled)
      return receipt
    }

  let isLoaded = false
  const load = async (): Promise<void> => {
    await store.load().then(restore).catch(failed('load'))
    watch()
    for (const message of messages.values()) take(message)
    messages.clear()
    isLoaded = true
  }
  const loaded = load()

  return {
    loaded,
    async written() {
      while (writes.size) await Promise.all(writes)
    },
    outbox(setup) {
      report = setup.report
      // What an earlier process has taken is not refused for want of room.
      const limits = { ...setup, messages: Infinity, bytes: Infinity }
      const queue = createPublishQueue(limits)
      const publish = keeping(queue)
      take = (message) => void publish(message).catch(() => {})
      loaded.then(() => Object.assign(limits, { messages: setup.messages, bytes: setup.bytes }))
      const outbox = createOutbox(setup, { ...queue, publish })
      return {
        ...outbox,
        // What is published before the store has answered waits for what was published before.
        publish: (...message) =>
          isLoaded ? outbox.publish(...message) : loaded.then(() => outbox.publish(...message)),
      }
    },
  }
}

interface StoredFlight {
  readonly turn: number
  readonly message?: string
  readonly stage: Flight['stage']
  readonly qos: 1 | 2
}

const RELEASED = {
  type: 'publish',
  topic: '',
  payload: new Uint8Array(0),
  qos: 2,
  retain: false,
  dup: false,
} as const

const fromJson = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))

/** Bytes of properties are kept as text that JSON knows. */
const BYTES = '\u0000bytes'

function toRecord({ payload, signal: _, ...rest }: Outgoing, turn: number): Uint8Array {
  const head: Head & { readonly turn: number } = {
    ...rest,
    ttlMs: rest.ttlMs === Infinity ? null : rest.ttlMs,
    turn,
  }
  const text = toBytes(
    JSON.stringify(head, (_key, value: unknown) =>
      value instanceof Uint8Array ? { [BYTES]: [...value] } : value,
    ),
  )
  const bytes = payload as Uint8Array
  const record = new Uint8Array(4 + text.length + bytes.length)
  new DataView(record.buffer).setUint32(0, text.length)
  record.set(text, 4)
  record.set(bytes, 4 + text.length)
  return record
}

function toMessage(record: Uint8Array): readonly [turn: number, message: Outgoing] {
  const end = 4 + new DataView(record.buffer, record.byteOffset).getUint32(0)
  const { turn, ttlMs, ...head } = JSON.parse(
    new TextDecoder().decode(record.subarray(4, end)),
    (_key, value) => (value?.[BYTES] ? Uint8Array.from(value[BYTES]) : value),
  ) as Head & { readonly turn: number }
  const message = {
    ...head,
    ttlMs: ttlMs ?? Infinity,
    payload: record.slice(end),
    signal: undefined,
  } as Outgoing
  return [turn, message]
}
