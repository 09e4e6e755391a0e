import type { StatusSnapshot } from '@org/realtime-core'
import type { Tone } from './dom.ts'

const times = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

/** `14:03:07.250`, for wall-clock time. */
export const toTime = (at: number): string => times.format(at)

/** `4.2 s` below ten seconds, then `12 s`, `3 min`, `5 h`. */
export function toDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`
}

/** `950 B`, `1.2 kB`, `3.4 MB`. */
export function toBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** `1 gap`, `2 gaps`. */
export const toCount = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`

export const statusTones: Readonly<Record<StatusSnapshot['status'], Tone>> = {
  idle: 'rest',
  connecting: 'warn',
  connected: 'good',
  reconnecting: 'warn',
  paused: 'rest',
  closed: 'rest',
  failed: 'bad',
}
