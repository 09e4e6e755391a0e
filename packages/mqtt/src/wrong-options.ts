import type { Channels } from '@org/realtime-core/kit'
import type { Connect } from './codec/packets.ts'
import { Counter, type Sink } from './codec/writer.ts'
import type { MqttOptions } from './mqtt-options.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** What `invalid` says of an option. */
type Wrong = readonly [option: string, expected: string, value?: unknown]

const TEXT = 'text of at most 65,535 bytes'
const BYTES = 'text or bytes, at most 65,535'

function findOption({ payload, store, will, ...rest }: MqttOptions<Channels>): Wrong | undefined {
  const { qos = 0, delayMs = 0 } = will ?? {}
  const formats: unknown[] = ['json', 'text', 'bytes', undefined]
  if (!(payload instanceof Object) && !formats.includes(payload))
    return ['payload', "'json', 'text', 'bytes', a codec or a function", payload]
  if (store && !store.journal) return ['store', 'what fileStore, memoryStore or defineStore makes']
  if (![0, 1, 2].includes(qos)) return ['will.qos', '0, 1 or 2', qos]
  if (!(delayMs >= 0)) return ['will.delayMs', 'a number from 0', delayMs]
  for (const name of ['inFlight', 'receiveMaximum', 'maximumPacketBytes', 'topicAliasMaximum'] as const)
    if (!Number.isInteger(rest[name] ?? 0)) return [name, 'a whole number', rest[name]]
  return undefined
}

type Part = readonly [option: string, expected: string, write: (sink: Sink) => unknown]

function findPart({ clientId, username = '', password, will }: Connect): Wrong | undefined {
  const parts: readonly Part[] = [
    ['clientId', TEXT, (sink) => sink.text(clientId)],
    ['credentials.username', TEXT, (sink) => sink.text(username)],
    ['credentials.password', BYTES, (sink) => password === undefined || sink.binary(password)],
    ['will.topic', TEXT, (sink) => will && sink.text(will.topic)],
    ['will.payload', BYTES, (sink) => will && sink.binary(will.payload)],
  ]
  for (const [option, expected, write] of parts) {
    try {
      write(new Counter())
    } catch {
      return [option, expected]
    }
  }
  return undefined
}

/**
 * An option that a server would only answer by ending the connection, or the one that CONNECT cannot carry.
 * Production builds look for none.
 */
export function findWrong(given: MqttOptions<Channels> | Connect): Wrong | undefined {
  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') return 'type' in given ? findPart(given) : findOption(given)
  } catch {
    // A page without a bundler has no `process`.
  }
  return undefined
}
