import type { Clock } from '@org/realtime-core/kit'

/** Runs again and again until stopped. */
export function repeat(clock: Clock, everyMs: number, run: () => void): () => void {
  let cancel = clock.after(everyMs, function again() {
    run()
    cancel = clock.after(everyMs, again)
  })
  return () => cancel()
}

export function toTimeOfDay(date: number): string {
  return new Date(date).toTimeString().slice(0, 8)
}

/** `4.2 s` below ten seconds, then `12 s`, then `3 min`. */
export function toDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min`
}
