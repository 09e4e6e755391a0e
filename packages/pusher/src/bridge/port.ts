import {
  type Clock,
  type ConnectionPort,
  createStore,
  type Line,
  type PortEvents,
  RealtimeError,
  type Status,
  type StatusSnapshot,
} from '@org/realtime-core/kit'
import type { ForeignMessage, ForeignPusher } from './foreign.ts'
import { createForeignLink, type ForeignLink } from './link.ts'
import { createShare, type Share } from './share.ts'

const nothing = (): void => {}

const statuses: Readonly<Record<string, Status>> = {
  initialized: 'idle',
  connected: 'connected',
  failed: 'failed',
  disconnected: 'closed',
}

/** A connection port over a client that somebody else owns, and goes on to own unless `own`. */
export function createForeignPort(pusher: ForeignPusher, own: boolean, clock: Clock): ConnectionPort {
  const { connection } = pusher
  let share: Share
  let consumer: PortEvents
  let current: { readonly line: Line; readonly link: ForeignLink; end(): void } | undefined
  let isOpen = false
  let everConnected = false

  const toSnapshot = (status: Status): StatusSnapshot =>
    Object.freeze({
      status,
      attempt: 0,
      nextRetryAt: undefined,
      since: clock.date(),
      everConnected,
      health: 'ok',
      rttMs: undefined,
      lastError: status === 'failed' ? failure : undefined,
    })

  const failure = new RealtimeError('connection.gave-up', 'The foreign client has given up', {})
  const status = createStore<StatusSnapshot>(toSnapshot('idle'), nothing)

  const show = (): void => {
    const usual = statuses[connection.state] ?? (everConnected ? 'reconnecting' : 'connecting')
    const now = isOpen ? usual : 'closed'
    if (now !== status.get().status) status.set(toSnapshot(now))
  }

  const up = (): void => {
    let phase: Line['phase'] = 'ready'
    const guarded =
      <A extends unknown[]>(report: (line: Line, ...values: A) => void) =>
      (...values: A): void => {
        if (phase === 'ready') report(line, ...values)
      }
    const link = createForeignLink(pusher, share, {
      joined: guarded(consumer.joined),
      refused: guarded(consumer.refused),
      members: guarded(consumer.members),
      message: guarded(consumer.message),
      error: guarded(consumer.error),
      lost: guarded(consumer.lost),
    })
    const line: Line = {
      get phase() {
        return phase
      },
      link,
      ready: { limits: { joins: Infinity } },
      bufferedBytes: 0,
      probe: nothing,
      leave: nothing,
      bye: async () => {},
    }
    current = {
      line,
      link,
      end() {
        phase = 'ended'
        current = undefined
        consumer.down(line)
      },
    }
    everConnected = true
    show()
    consumer.up(line, false)
    link.leaveUnwanted()
  }

  const changed = (): void => {
    if (connection.state === 'connected') {
      if (!current) up()
      return
    }
    current?.link.dispose?.()
    current?.end()
    show()
  }

  const heard = (message: ForeignMessage): void => current?.link.hear(message)

  const open = (): void => {
    if (isOpen) return
    isOpen = true
    share = createShare(pusher, (name) => current?.link.lose(name))
    connection.bind('state_change', changed)
    connection.bind('message', heard)
    changed()
  }

  return {
    status,
    attach(events) {
      consumer = events
      open()
    },
    hold: () => nothing,
    open() {
      open()
      if (connection.state !== 'connected') pusher.connect()
    },
    reconnectNow: nothing,
    reauthenticate: nothing,
    pause: nothing,
    resume: nothing,
    retire: nothing,
    async close() {
      if (!isOpen) return
      isOpen = false
      connection.unbind('state_change', changed)
      connection.unbind('message', heard)
      current?.link.dispose?.()
      current?.end()
      share.end()
      show()
      if (own) pusher.disconnect()
    },
  }
}
