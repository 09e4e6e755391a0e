import type { AnyClient } from './api.ts'
import { createListeners } from './listeners.ts'
import { atLeast } from './options.ts'
import { keep } from './same.ts'
import type { Status, StatusSnapshot } from './status.ts'
import type { Store } from './store.ts'

/**
 * What to tell a user. `fine`: nothing. `connecting`: there was no connection yet. `lost`: there was one.
 * `failed`: nobody tries any more.
 */
export type HumanStatus = 'fine' | 'connecting' | 'lost' | 'failed'

/** The status of a connection as an interface shows it. `rttMs` is left out, because it changes with every heartbeat. */
export interface LiveStatus extends Omit<StatusSnapshot, 'rttMs'> {
  /** The same for people: a connection that comes back soon was never away. */
  readonly human: HumanStatus
  /** Tries at once instead of waiting; after `failed` and `closed` it connects again. */
  readonly retryNow: () => void
}

/** Told by servers and by the first render in the browser, so that both show the same. */
export const FIRST_STATUS: LiveStatus = Object.freeze({
  status: 'idle',
  attempt: 0,
  nextRetryAt: undefined,
  since: 0,
  everConnected: false,
  health: 'ok',
  lastError: undefined,
  human: 'fine',
  retryNow() {},
})

const troubles: { readonly [S in Status]?: HumanStatus } = {
  connecting: 'connecting',
  reconnecting: 'lost',
  failed: 'failed',
}

/** `human` tells of trouble that lasts `delayMs`. Its one timer runs only while somebody listens. */
export function createLiveStatus(client: AnyClient, delayMs = 1000): Store<LiveStatus> {
  atLeast('delayMs', delayMs, 0)
  const { clock, report } = client['~env']
  const listeners = createListeners<[LiveStatus]>(report)
  let shown = FIRST_STATUS
  let release: (() => void) | undefined
  let cancel = (): void => {}

  const retryNow = (): void => {
    const { status } = client.status.get()
    // That it fails again is told by the status.
    if (status === 'failed' || status === 'closed') client.connect().catch(() => {})
    else client.reconnectNow()
  }

  /** Returns how long trouble is still to be hidden. */
  const read = (): number => {
    const { rttMs, ...raw } = client.status.get()
    const trouble = troubles[raw.status] ?? 'fine'
    const isBrief = trouble === 'connecting' || trouble === 'lost'
    const leftMs = isBrief ? Math.min(delayMs, raw.since + delayMs - clock.date()) : 0
    shown = keep({ ...raw, human: leftMs > 0 ? 'fine' : trouble, retryNow }, shown)
    return leftMs
  }

  const look = (): void => {
    const before = shown
    const leftMs = read()
    cancel()
    if (leftMs > 0) cancel = clock.after(leftMs, look)
    if (shown !== before) listeners.emit(shown)
  }

  return {
    get() {
      if (!release) read()
      return shown
    },
    subscribe(listener) {
      const remove = listeners.add(listener)
      release ??= client.status.subscribe(look)
      look()
      return () => {
        remove()
        if (listeners.size) return
        cancel()
        release?.()
        release = undefined
      }
    },
  }
}
