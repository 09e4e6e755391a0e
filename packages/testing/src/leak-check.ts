import type { StatusSnapshot, Store } from '@org/realtime-core'
import type { FakeClock } from './fake-clock.ts'
import type { FakeSignals } from './fake-signals.ts'
import type { MemoryPeer } from './memory-peer.ts'

export interface LeakCheckOptions {
  readonly clock?: Pick<FakeClock, 'pending'>
  readonly transport?: { readonly open: readonly Pick<MemoryPeer, 'state' | 'target' | 'sent'>[] }
  readonly signals?: Pick<FakeSignals, 'listeners'>
  readonly client?: { readonly status: Store<StatusSnapshot> }
}

/** Throws an error that lists what a finished test has left behind: timers, sessions, listeners, a client at work. */
export function leakCheck({ clock, transport, signals, client }: LeakCheckOptions): void {
  const leaks: string[] = []
  for (const { dueIn, keepsProcess } of clock?.pending ?? [])
    leaks.push(`a timer due in ${dueIn} ms${keepsProcess ? ', which keeps the process alive' : ''}`)
  for (const { state, target, sent } of transport?.open ?? [])
    leaks.push(`a session to ${target.url}, ${state}, with ${sent.length} frames sent`)
  if (signals?.listeners) leaks.push(`${signals.listeners} listeners to signals`)
  const status = client?.status.get().status ?? 'closed'
  if (status !== 'closed' && status !== 'failed' && status !== 'idle')
    leaks.push(`a client that is ${status}`)
  if (leaks.length) throw new Error(`Left behind:\n${leaks.map((leak) => `- ${leak}`).join('\n')}`)
}
