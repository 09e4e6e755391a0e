import type { StatusSnapshot } from '@org/realtime-core'
import type { Clock } from '@org/realtime-core/kit'
import { h } from './dom.ts'

/** The line between page and server as a picture; while a try is waited for, it fills up. */
export function createWire(): {
  readonly element: HTMLElement
  show(snapshot: StatusSnapshot, clock: Clock): void
} {
  const line = h('span')
  const element = h('div', { class: 'bar wire', 'aria-hidden': 'true' }, 'page', line, 'server')
  let target: number | undefined
  let startedAt = 0
  return {
    element,
    show(snapshot, clock) {
      const { nextRetryAt } = snapshot
      const now = clock.date()
      element.dataset['line'] = toLine(snapshot)
      if (nextRetryAt !== target) startedAt = now
      target = nextRetryAt
      if (target === undefined) return
      const share = Math.min(1, (now - startedAt) / Math.max(1, target - startedAt))
      line.style.setProperty('--share', `${Math.round(share * 100)}%`)
    },
  }
}

function toLine({ status, nextRetryAt, health }: StatusSnapshot): 'up' | 'waiting' | 'trying' | 'down' {
  if (nextRetryAt !== undefined) return 'waiting'
  if (status === 'connected') return health === 'ok' ? 'up' : 'trying'
  return status === 'connecting' || status === 'reconnecting' ? 'trying' : 'down'
}
