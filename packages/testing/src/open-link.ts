import type { Clock, Link, LinkEvents, Protocol, SessionEnd } from '@org/realtime-core/kit'
import { createFakeClock } from './fake-clock.ts'
import type { MemoryTransport } from './memory-transport.ts'

/** One report of a link: its name and what it was called with. */
export type LinkReport = {
  readonly [K in keyof LinkEvents]: readonly [K, ...Parameters<LinkEvents[K]>]
}[keyof LinkEvents]

export interface OpenedLink {
  readonly link: Link
  /** Everything the link has reported, and the end of its session. */
  readonly log: (LinkReport | readonly ['end', SessionEnd])[]
  /** Closes the session and disposes of the link. */
  close(code?: number): void
}

export interface OpenLinkOptions {
  readonly credentials?: unknown
  readonly clock?: Clock
}

/** Opens a protocol on a session of its own, without a client: to test what a link reports, call by call. */
export function openLink(
  protocol: Protocol,
  transport: MemoryTransport,
  { credentials, clock = createFakeClock() }: OpenLinkOptions = {},
): Promise<OpenedLink> {
  return new Promise((resolve, reject) => {
    const log: OpenedLink['log'] = []
    const note =
      <K extends keyof LinkEvents>(name: K) =>
      (...values: Parameters<LinkEvents[K]>): void =>
        void log.push([name, ...values] as unknown as LinkReport)
    const events: LinkEvents = {
      ready: note('ready'),
      joined: note('joined'),
      refused: note('refused'),
      members: note('members'),
      message: note('message'),
      gap: note('gap'),
      settled: note('settled'),
      pong: note('pong'),
      advice: note('advice'),
      error: note('error'),
      fail: note('fail'),
    }
    let link: Link | undefined
    const session = transport(
      { url: 'memory://far-end', subprotocols: protocol.subprotocols ?? [] },
      {
        open(subprotocol) {
          const opened = protocol.open(
            {
              send: (frame) => session.send(frame),
              get bufferedBytes() {
                return session.bufferedBytes
              },
            },
            events,
            { credentials, clock, subprotocol, past: 'kept' },
          )
          link = opened
          resolve({
            link: opened,
            log,
            close(code) {
              opened.dispose?.()
              session.close(code)
            },
          })
        },
        frame: (frame) => link?.receive(frame),
        end(end) {
          link?.dispose?.()
          log.push(['end', end])
          if (!link) reject(new Error('The session ended before it opened'))
        },
      },
    )
  })
}
