import { type Client, createClient, defineChannels, event } from '@org/realtime-core'
import type { LinkEvents, Protocol, Transport } from '@org/realtime-core/kit'
import type { Move } from './strategy.ts'

export const channels = defineChannels({
  rows: { Moved: event<Move>() },
  'shared-{n}': { Moved: event<Move>() },
})

const capabilities = { presence: false, publish: false, ack: false, history: false } as const

export type RowsClient = Client<typeof channels, typeof capabilities>

/** A client of ours over no wire at all: what is measured begins where a message is decoded. */
export function createRowsClient(): {
  readonly client: RowsClient
  readonly frames: readonly string[]
  send(move: Move): void
} {
  let link: LinkEvents | undefined
  const frames: string[] = []
  const transport: Transport = (_target, events) => {
    queueMicrotask(() => events.open(''))
    return { send: (frame) => void frames.push(String(frame)), close() {}, bufferedBytes: 0 }
  }
  const protocol: Protocol<typeof capabilities> = {
    name: 'none',
    separator: '.',
    capabilities,
    open(session, events) {
      link = events
      events.ready({})
      return {
        receive() {},
        subscribe(requests) {
          for (const { key } of requests) {
            session.send(`subscribe ${key}`)
            events.joined(key)
          }
        },
        unsubscribe: (key) => session.send(`unsubscribe ${key}`),
      }
    },
  }
  const client = createClient({ protocol, transport, url: 'wss://example.org', channels })
  return { client, frames, send: (move) => link?.message('rows', 'Moved', move) }
}
