import { type Clock, systemClock } from '../clock.ts'
import type { ConnectionInfo, TalkingConnection } from '../connection-info.ts'
import type { HookName, Hooks } from '../hooks.ts'
import type { Direction, Frame } from '../wire.ts'
import type { Log } from './log.ts'
import { showFrame, sizeOf } from './show-frame.ts'

/** The part of a server that tells what happens. */
export interface Heard {
  on<H extends HookName>(hook: H, listener: (...values: Hooks[H]) => void): () => void
}

/** Logs what happens on a server; returns the end of it. */
export function logServer(server: Heard, log: Log, clock: Clock = systemClock): () => void {
  const stops = [
    server.on('start', ({ url, host, port }) => log.info('start', { url, host, port })),
    server.on('stop', () => log.info('stop')),
    server.on('store', (state) => {
      const { store } = state
      if (state.isAway) log.error('store-away', { store, reason: state.reason })
      else log.info('store', { store })
    }),
    server.on('connect', (connection) => log.info('connect', about(connection))),
    server.on('disconnect', (connection, { code, reason }) => {
      const { client, user, received, sent, since } = connection
      const ms = clock.date() - since
      const traffic = { ms, received: received.frames, sent: sent.frames }
      log.info('disconnect', { ...about(connection), code, reason, client, user, ...traffic })
    }),
    server.on('reload', ({ what, from, error }) => {
      if (error === undefined) return log.info('reload', { what, from })
      const message = error instanceof Error ? error.message : String(error)
      log.error('reload', { what, from, message, hint: 'What was there before goes on' })
    }),
    server.on('crash', (error, where) => log.error('crash', { where, ...toFields(error) })),
  ]
  if (log.level === 'debug')
    stops.push(
      server.on('receive', (connection, frame) =>
        log.debug('receive', toFrameFields(connection, frame, 'in', log)),
      ),
      server.on('send', (connection, frame) =>
        log.debug('send', toFrameFields(connection, frame, 'out', log)),
      ),
    )
  return () => {
    for (const stop of stops) stop()
  }
}

function about({ id, endpoint, address }: ConnectionInfo): Readonly<Record<string, unknown>> {
  return { connection: id, endpoint, address }
}

function toFrameFields(
  connection: TalkingConnection,
  frame: Frame,
  direction: Direction,
  { payloads, redact }: Log,
): Readonly<Record<string, unknown>> {
  const { type, channels } = connection.kindOf(frame, direction)
  const about = { connection: connection.id, type, channels, bytes: sizeOf(frame) }
  return payloads ? { ...about, frame: showFrame(frame, redact) } : about
}

function toFields(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) }
  return { message: error.message, stack: error.stack }
}
