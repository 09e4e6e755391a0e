import type { StoreState } from './adapter.ts'
import type { ConnectionInfo, TalkingConnection } from './connection-info.ts'
import type { Reloaded } from './reloads.ts'
import { unlessAway } from './unless-away.ts'
import type { Frame } from './wire.ts'

/** What can be heard of a server, by name, with what each listener gets. */
export interface Hooks {
  /** It listens. */
  start: [at: { readonly host: string; readonly port: number; readonly url: string }]
  /** A connection was accepted; who it is may be known later. */
  connect: [connection: ConnectionInfo]
  disconnect: [connection: ConnectionInfo, end: { readonly code: number; readonly reason: string }]
  /** A frame came in, or went out. Frames hold tokens and payloads. */
  receive: [connection: TalkingConnection, frame: Frame]
  send: [connection: TalkingConnection, frame: Frame]
  /** Code of yours, or of this server, has thrown; everything goes on. `where` names the place. */
  crash: [error: unknown, where: string]
  /** Files were read anew; with an `error` they were not taken, and all is as it was. */
  reload: [news: { readonly what: Reloaded; readonly from: string; readonly error?: unknown }]
  /** What nodes share can be reached, or no longer: the first try, and every change. */
  store: [state: StoreState]
  /** It has stopped. */
  stop: []
}

export type HookName = keyof Hooks

type Listener<H extends HookName> = (...values: Hooks[H]) => void

export interface HookTable {
  on<H extends HookName>(hook: H, listener: Listener<H>): () => void
  emit<H extends HookName>(hook: H, ...values: Hooks[H]): void
  has(hook: HookName): boolean
  /** Tells of a fault; without anybody to hear it becomes a warning of the process. */
  crash(error: unknown, where: string): void
  /** The same for calls to what nodes share. */
  readonly crashUnlessAway: (error: unknown, where: string) => void
}

/** Listeners hear in order, on a snapshot, and none can stop another or the server. */
export function createHooks(onCrash: () => void = () => {}): HookTable {
  const table = new Map<HookName, readonly Listener<never>[]>()

  const emit = <H extends HookName>(hook: H, ...values: Hooks[H]): void => {
    for (const listener of (table.get(hook) ?? []) as readonly Listener<H>[]) {
      try {
        listener(...values)
      } catch (error) {
        // A listener of `crash` that throws would be told of its own fault without end.
        if (hook === 'crash') warn(error)
        else crash(error, `hook ${hook}`)
      }
    }
  }

  const crash = (error: unknown, where: string): void => {
    onCrash()
    if (table.has('crash')) emit('crash', error, where)
    else warn(error, where)
  }

  return {
    on(hook, listener) {
      // Its own entry, so that one function may listen twice.
      const entry: typeof listener = (...values) => listener(...values)
      table.set(hook, [...(table.get(hook) ?? []), entry])
      return () => {
        const rest = (table.get(hook) ?? []).filter((other) => other !== entry)
        if (rest.length) table.set(hook, rest)
        else table.delete(hook)
      }
    },
    emit,
    has: (hook) => table.has(hook),
    crash,
    crashUnlessAway: unlessAway(crash),
  }
}

const warn = (error: unknown, where = 'hook crash'): void =>
  process.emitWarning(
    `${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    {
      type: 'RealtimeServer',
    },
  )
