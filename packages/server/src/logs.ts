import { ChannelLog, type LogLimits } from './channel-log.ts'
import type { Clock } from './clock.ts'

export interface LogsLimits extends LogLimits {
  readonly channels: number
}

/** The logs of all channels, as many and as large as the limits allow. */
export interface Logs {
  open(): void
  /** Makes the log of a channel when there is none. */
  use<T>(channel: string, use: (log: ChannelLog) => T): T
  watch(channel: string): void
  unwatch(channel: string): void
  close(): void
}

const SWEEP_MS = 10_000

/** What gives way first is what nobody watches, the least recently used; a watched channel keeps its position. */
export function createLogs(limits: LogsLimits, clock: Clock): Logs {
  /** Each with the least recently used first. */
  const idle = new Map<string, ChannelLog>()
  const watched = new Map<string, ChannelLog>()
  let bytes = 0
  let cancelSweep = (): void => {}

  const counted = <T>(log: ChannelLog, use: (log: ChannelLog) => T): T => {
    const before = log.bytes
    const result = use(log)
    bytes += log.bytes - before
    return result
  }

  const take = (channel: string, from: Map<string, ChannelLog>): ChannelLog | undefined => {
    const log = from.get(channel)
    if (log) from.delete(channel)
    return log
  }

  const move = (channel: string, to: Map<string, ChannelLog>): ChannelLog => {
    const log = take(channel, watched) ?? take(channel, idle) ?? new ChannelLog(limits, clock.now())
    log.usedAt = clock.now()
    // Before it is there itself: it may be the only one that nobody watches.
    if (idle.size + watched.size >= limits.channels) forgetOldest()
    to.set(channel, log)
    return log
  }

  const forget = (channel: string, log: ChannelLog): void => {
    bytes -= log.bytes
    idle.delete(channel)
  }

  const forgetOldest = (): void => {
    for (const [channel, log] of idle) return forget(channel, log)
  }

  /** More than is asked for at the moment, so that not every message has to look through all channels. */
  const freeBytes = (): void => {
    const enough = limits.history.totalBytes * 0.9
    for (const logs of [idle, watched]) {
      for (const log of logs.values()) {
        if (bytes <= enough) return
        counted(log, () => log.free(bytes - enough))
      }
    }
  }

  const sweep = (): void => {
    const oldest = clock.now() - limits.history.ageMs
    for (const log of watched.values()) counted(log, () => log.expire(clock.now()))
    for (const [channel, log] of idle) {
      counted(log, () => log.expire(clock.now()))
      if (log.isEmpty && log.usedAt < oldest) forget(channel, log)
    }
    cancelSweep = clock.after(SWEEP_MS, sweep)
  }

  return {
    open() {
      cancelSweep = clock.after(SWEEP_MS, sweep)
    },
    use(channel, use) {
      const log = move(channel, watched.has(channel) ? watched : idle)
      const result = counted(log, use)
      if (bytes > limits.history.totalBytes) freeBytes()
      return result
    },
    watch: (channel) => void move(channel, watched),
    unwatch: (channel) => void move(channel, idle),
    close() {
      cancelSweep()
      idle.clear()
      watched.clear()
    },
  }
}
