import { createNanoEvents } from 'nanoevents'
import { createImmediateClient } from '../immediate-client.ts'
import type { Work } from '../side-by-side.ts'

export interface Payload {
  readonly id: string
  readonly value: number
}

export type Given = Parameters<typeof createImmediateClient>[0]
export type Messages = Awaited<ReturnType<typeof createImmediateClient>>['events']['message']

/** Several objects of one shape, so that nothing can be computed once and for all. */
export const payloads: readonly Payload[] = Array.from({ length: 16 }, (_, value) => ({
  id: `item-${value}`,
  value,
}))

export const EVENT = 'BookingStatusUpdated'

/** Read at the end, so that no call can be left out. */
export const sum = { value: 0 }

/** The body of every listener, ours and theirs. */
export const listen = (payload: Payload): void => {
  sum.value += payload.value
}

const nameOf = (index: number): string => `private-booking.${index}`

interface OurOptions {
  /** How many are joined and listened to. */
  readonly channels: number
  /** How many of them get messages, in turns. @default all */
  readonly talking?: number
  readonly listeners?: number
  readonly client?: Given
  readonly listenOptions?: object
  /** Hands over message number `index`. */
  readonly send?: (message: Messages, key: string, index: number) => void
}

/** Messages to channels, each with a listener. */
export async function ours({
  channels,
  talking = channels,
  listeners = 1,
  client: given,
  listenOptions,
  send,
}: OurOptions): Promise<Work> {
  const { client, events } = await createImmediateClient(given)
  const names = Array.from({ length: channels }, (_, index) => nameOf(index))
  for (const name of names) {
    const channel = given?.channels ? client.channel(name) : client.untyped(name)
    for (let count = 0; count < listeners; count++)
      channel.on(EVENT, (payload) => listen(payload as Payload), listenOptions as never)
  }
  await new Promise((resolve) => setImmediate(resolve))
  const deliver = send ?? ((message, key, index) => message(key, EVENT, payloads[index & 15]))
  let at = 0
  return (count) => {
    for (let index = 0; index < count; index++) {
      deliver(events.message, names[at] as string, index)
      if (++at === talking) at = 0
    }
  }
}

type Emitter = ReturnType<typeof createNanoEvents>

interface TheirOptions {
  readonly channels: number
  readonly talking?: number
  readonly listeners?: number
  /** Looks each emitter up by its channel's name, as a client that gets names from the wire has to. */
  readonly byName?: boolean
  readonly send?: (emitter: Emitter, index: number) => void
}

/** The same with one emitter per channel. */
export function theirs({
  channels,
  talking = channels,
  listeners = 1,
  byName = false,
  send,
}: TheirOptions): Work {
  const emitters = Array.from({ length: channels }, () => createNanoEvents())
  for (const emitter of emitters)
    for (let count = 0; count < listeners; count++) emitter.on(EVENT, (payload) => listen(payload))
  const names = emitters.map((_, index) => nameOf(index))
  const named = new Map(names.map((name, index) => [name, emitters[index] as Emitter]))
  const emit = send ?? ((emitter, index) => emitter.emit(EVENT, payloads[index & 15]))
  let at = 0
  return (count) => {
    for (let index = 0; index < count; index++) {
      const emitter = byName ? named.get(names[at] as string) : emitters[at]
      emit(emitter as Emitter, index)
      if (++at === talking) at = 0
    }
  }
}
