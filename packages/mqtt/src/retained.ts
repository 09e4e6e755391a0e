import type { MqttMeta } from './incoming.ts'

interface Kept {
  readonly payload: Uint8Array
  readonly meta: MqttMeta
}

/** The newest value of each topic that the server keeps one of, for listeners that come late. */
export interface Retained {
  note(keys: readonly string[], topic: string, payload: Uint8Array, meta: MqttMeta): void
  /** What a new subscription to the channel would bring. */
  of(key: string): Iterable<Kept>
  forget(key: string): void
  clear(): void
}

/** Of one channel; what came first goes first. */
const MOST_TOPICS = 1000
const MOST_BYTES = 65_536

export function createRetained(): Retained {
  const channels = new Map<string, Map<string, Kept>>()
  return {
    note(keys, topic, payload, meta) {
      if (!meta.retain && !channels.size) return
      for (const key of keys) {
        const kept = channels.get(key) ?? new Map<string, Kept>()
        // A value that came live replaces one that was kept: whether the server keeps it now it does not say.
        if (!kept.delete(topic) && !meta.retain) continue
        if (!payload.length || payload.length > MOST_BYTES) continue
        channels.set(key, kept)
        kept.set(topic, { payload: payload.slice(), meta: { ...meta, retain: true } })
        const [oldest] = kept.keys()
        if (kept.size > MOST_TOPICS && oldest !== undefined) kept.delete(oldest)
      }
    },
    of: (key) => channels.get(key)?.values() ?? [],
    forget: (key) => channels.delete(key),
    clear: () => channels.clear(),
  }
}
