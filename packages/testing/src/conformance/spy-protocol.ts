import {
  type Link,
  type LinkEvents,
  type OutgoingMessage,
  type Protocol,
  RealtimeError,
} from '@org/realtime-core/kit'

export interface SpiedLink {
  readonly protocol: Protocol
  /** The methods that the link really has. */
  readonly has: (method: keyof Link) => boolean
  readonly ready: () => boolean
  readonly calls: readonly (readonly [method: string, argument: unknown])[]
  readonly published: readonly OutgoingMessage[]
}

export interface Spy {
  readonly protocol: Protocol
  readonly links: readonly SpiedLink[]
  /** Watches a link that is opened now, and lists it. */
  watch(protocol: Protocol): LinkWatch
  /** What links did that no link may do. */
  readonly violations: readonly string[]
  /** From here on the far end may lie, so that what follows from its word alone is not held against the link. */
  distrust(): void
}

/** Stands between one link and the client. */
export interface LinkWatch {
  events(to: LinkEvents): LinkEvents
  link(inner: Link): Link
  /** From here on the link has nothing to report. */
  over(): void
}

type Note = (what: string, isByWord?: boolean) => void

/** Wraps a protocol so that everything between it and the client is seen and judged. */
export function spyProtocol(protocol: Protocol): Spy {
  const links: SpiedLink[] = []
  const violations: string[] = []
  let isTrusted = true
  const note: Note = (what, isByWord = false) => {
    if (isTrusted || !isByWord) violations.push(what)
  }
  /** Taken over and not yet settled: a resumed session settles what another link took over. */
  const pending = new Set<string>()

  const watch: Spy['watch'] = (protocol) => {
    const { state, calls, published, events, link } = createWatch(note, pending)
    return {
      events,
      link(inner) {
        const has: SpiedLink['has'] = (method) => typeof inner[method] === 'function'
        links.push({ protocol, has, ready: () => state.isReady, calls, published })
        return link(inner)
      },
      over() {
        state.isOver = true
      },
    }
  }

  const spied: Protocol = {
    ...protocol,
    ...own(protocol, ['listensTo', 'encode', 'latest']),
    name: protocol.name,
    capabilities: protocol.capabilities,
    separator: protocol.separator,
    open(session, events, opening) {
      const seen = watch(protocol)
      return seen.link(protocol.open(session, seen.events(events), opening))
    },
  }
  const distrust = (): void => {
    isTrusted = false
  }
  return { protocol: spied, links, violations, watch, distrust }
}

function createWatch(violation: Note, pending: Set<string>) {
  const state = { isReady: false, isOver: false }
  const asked = new Set<string>()
  const calls: [method: string, argument: unknown][] = []
  const published: OutgoingMessage[] = []

  const check = (name: keyof LinkEvents, values: readonly unknown[]): void => {
    const [first, second] = values
    if (state.isOver) violation(`reported '${name}' after its end`)
    if (name === 'ready') {
      if (state.isReady) violation('was ready twice', true)
      state.isReady = true
    } else if (!state.isReady && name !== 'fail' && name !== 'error' && name !== 'advice')
      violation(`reported '${name}' before it was ready`, true)
    if ((name === 'joined' || name === 'refused') && !asked.has(first as string))
      violation(`reported '${name}' for ${first}, which was not asked for`, true)
    if (name === 'settled' && !pending.delete(first as string))
      violation(`settled ${first}, which was not pending`, true)
    const error = name === 'error' ? first : name === 'refused' || name === 'fail' ? second : undefined
    if (name === 'error' || name === 'refused' || name === 'fail')
      if (!RealtimeError.is(error)) violation(`reported '${name}' without a RealtimeError`)
  }

  const events = (to: LinkEvents): LinkEvents => {
    const watched: Record<string, unknown> = {}
    for (const name of Object.keys(to) as (keyof LinkEvents)[])
      watched[name] = (...values: never[]) => {
        check(name, values)
        return (to[name] as (...values: never[]) => void)(...values)
      }
    return watched as unknown as LinkEvents
  }

  const link = (inner: Link): Link => {
    const all = own(inner, [
      'ping',
      'beat',
      'unsubscribe',
      'update',
      'publish',
      'refresh',
      'goodbye',
      'ended',
      'dispose',
    ]) as Partial<Link>
    const watched: Record<string, unknown> = {}
    for (const [name, method] of Object.entries(all))
      watched[name] = (...values: never[]) => {
        calls.push([name, values[0]])
        return (method as (...values: never[]) => unknown)(...values)
      }
    return {
      ...(watched as Partial<Link>),
      receive(frame) {
        try {
          inner.receive(frame)
        } catch (error) {
          if (!RealtimeError.is(error)) violation(`threw ${error} for a frame`)
          throw error
        }
      },
      subscribe(requests) {
        calls.push(['subscribe', requests])
        for (const { key } of requests) asked.add(key)
        inner.subscribe(requests)
      },
      ...(inner.publish && {
        publish(message: OutgoingMessage) {
          published.push(message)
          pending.add(message.id)
          let isPending = false
          try {
            isPending = inner.publish?.(message) === 'pending'
          } finally {
            if (!isPending) pending.delete(message.id)
          }
          return isPending ? 'pending' : 'sent'
        },
      }),
      dispose() {
        inner.dispose?.()
        state.isOver = true
      },
    }
  }

  return { state, calls, published, events, link }
}

/** The methods of these names that an object has, bound to it: it may be an instance of a class. */
function own<T extends object>(of: T, names: readonly (keyof T)[]): Partial<T> {
  const methods: Partial<T> = {}
  for (const name of names) {
    const method = of[name]
    if (typeof method === 'function') methods[name] = method.bind(of)
  }
  return methods
}
