import type { ConnectionPort, Line, LinkEvents, PortEvents, Protocol } from '@org/realtime-core/kit'
import type { LinkWatch, Spy } from './spy-protocol.ts'

interface Seen {
  readonly line: Line
  readonly watch: LinkWatch
  readonly events: LinkEvents
}

const nothing = (): void => {}
const told = ['joined', 'refused', 'members', 'message', 'gap', 'settled', 'error'] as const

/** Wraps a port that brings its own lines, so that everything between their links and the client is seen and judged. */
export function spyPort(port: ConnectionPort, protocol: Protocol, spy: Spy): ConnectionPort {
  const seen = new Map<Line, Seen>()

  const see = (own: Line, to: PortEvents): Seen => {
    const watch = spy.watch(protocol)
    const line: Line = Object.create(own, { link: { value: watch.link(own.link) } })
    const report =
      (name: (typeof told)[number]) =>
      (...values: unknown[]): void =>
        (to[name] as (...values: unknown[]) => void)(line, ...values)
    const reports = Object.fromEntries(told.map((name) => [name, report(name)]))
    const events = watch.events({ ...reports, ready: nothing } as unknown as LinkEvents)
    return { line, watch, events }
  }

  return {
    ...port,
    retire(line) {
      for (const [own, { line: known }] of seen) if (known === line) port.retire(own)
    },
    attach(to) {
      const reports = told.map((name) => [
        name,
        (own: Line, ...values: never[]) =>
          (seen.get(own)?.events[name] as ((...values: never[]) => void) | undefined)?.(...values),
      ])
      port.attach({
        ...to,
        ...Object.fromEntries(reports),
        up(own, handover) {
          const now = see(own, to)
          seen.set(own, now)
          now.events.ready(own.ready)
          to.up(now.line, handover)
        },
        down(own) {
          const known = seen.get(own)
          known?.watch.over()
          if (known) to.down(known.line)
        },
      })
    },
  }
}
