import type { Clock } from '../clock.ts'
import type { Armed } from './armed.ts'

/** Goes on when the rule ends, or after its time, whichever comes first. */
export function stall(armed: Armed, forMs: number | undefined, go: () => void, clock: Clock): void {
  const cancel = forMs === undefined ? undefined : clock.after(forMs, end)
  const forget = armed.onEnd(end)

  function end(): void {
    cancel?.()
    forget()
    go()
  }
}
