import type { Clock, Frame } from '@org/realtime-core/kit'
import { createRakitEndpoint, type RakitOptions as ServerOptions } from '@org/realtime-server'
import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  leakCheck,
  type ReceivedPublish,
  settled,
  strictTrace,
} from '@org/realtime-testing'
import { onTestFinished } from 'vitest'
import { serveEndpoint } from '../endpoint-test-setup.ts'
import { createRakit, type RakitOptions } from './create-rakit.ts'

/** The reference server's Rakit, with all its faults, over memory. */
export function serveRakit(clock: Clock, options: ServerOptions = { compat: 'exact' }) {
  const received: ReceivedPublish[] = []
  const served = serveEndpoint(createRakitEndpoint(options, clock), ({ number }, frame) => {
    const read = toPublish(frame)
    if (read) received.push({ ...read, id: undefined, session: number, duplicate: false, resent: false })
  })
  return {
    ...served,
    received,
    publish(channel: string, _event: string, payload: unknown) {
      const sender = served.enter()
      sender.frame(JSON.stringify({ event: 'message', channel, data: payload }))
      queueMicrotask(() => sender.over(1006, ''))
    },
    joined: (channel: string) =>
      [...served.guests].filter(({ sent }) => sent.includes(JSON.stringify({ event: 'subscribe', channel })))
        .length,
  }
}

function toPublish(frame: Frame): Pick<ReceivedPublish, 'channel' | 'event' | 'payload'> | undefined {
  const { event, channel, data: payload } = JSON.parse(`${frame}`)
  return event === 'message' ? { channel, event, payload } : undefined
}

/** A server and as many clients as asked, on one clock. */
export function setupRakit(server?: ServerOptions) {
  const clock = createFakeClock()
  const served = serveRakit(clock, server)
  return {
    clock,
    served,
    client(options: Partial<RakitOptions<never>> = {}) {
      const transport = createMemoryTransport({ clock })
      const signals = createFakeSignals()
      /** Every frame, those to the server with `> ` before them. Heartbeats are left out. */
      const wire: string[] = []
      transport.onDial((peer) => {
        const note =
          (direction: string) =>
          (frame: Frame, pass: (frame: Frame) => void): void => {
            if (frame !== '{"ping":1}') wire.push(`${direction}${frame}`)
            pass(frame)
          }
        peer.intercept('to-client', note(''))
        peer.intercept('to-peer', note('> '))
      })
      served.attach(transport)
      const client = createRakit({ url: 'memory://rakit', clock, transport, signals, ...options })
      const strict = strictTrace(client)
      onTestFinished(async () => {
        await client.close()
        await settled()
        leakCheck({ transport, signals, client })
        strict.verify()
      })
      /** What this client hears on a logical channel: event, payload and sender. */
      const hear = (channel: string): unknown[] => {
        const heard: unknown[] = []
        client.untyped(channel).onAny(({ event, payload, meta }) => heard.push([event, payload, meta.from]))
        return heard
      }
      return { client, transport, wire, hear, expectError: strict.expectError }
    },
  }
}
