import type { Clock } from '@org/realtime-core/kit'

/** Times that are shown count on in steps of this. */
const TICK_MS = 250

/** Renders once in a frame in which something has changed, and whenever time has passed. */
export function createLoop(
  clock: Clock,
  render: () => void,
): { readonly request: () => void; readonly stop: () => void } {
  let frame: number | undefined
  const request = (): void => {
    frame ??= requestAnimationFrame(() => {
      frame = undefined
      render()
    })
  }
  const tick = (): void => {
    cancel = clock.after(TICK_MS, tick)
    request()
  }
  let cancel = clock.after(TICK_MS, tick)
  return {
    request,
    stop() {
      cancel()
      if (frame !== undefined) cancelAnimationFrame(frame)
    },
  }
}
