import type { ConnectionInfo } from '../connection-info.ts'
import { usedPercent } from '../usage.ts'
import type { ChannelReport, ConnectionReport, Rates, State } from './report.ts'

const MOST_CONNECTIONS = 200
const MOST_CHANNELS = 200
const MOST_NAMES = 20

/** How things are. Channels are those of connections, so that every endpoint has its own. */
export function takeState(at: number, all: readonly ConnectionInfo[], rates: Rates): State {
  const channels = countChannels(all)
  return {
    kind: 'state',
    at,
    connections: all.slice(-MOST_CONNECTIONS).reverse().map(toReport),
    connectionCount: all.length,
    channels: channels.slice(0, MOST_CHANNELS),
    channelCount: channels.length,
    rates,
    memoryPercent: Math.round(usedPercent()),
  }
}

function toReport(connection: ConnectionInfo): ConnectionReport {
  const { id, endpoint, address, since, client, user, channels, received, sent, bufferedBytes } = connection
  return {
    id,
    endpoint,
    address,
    since,
    ...(client !== undefined && { client }),
    ...(user !== undefined && { user }),
    channels: channels.slice(0, MOST_NAMES),
    channelCount: channels.length,
    framesIn: received.frames,
    framesOut: sent.frames,
    bufferedBytes,
  }
}

function countChannels(all: readonly ConnectionInfo[]): readonly ChannelReport[] {
  const counts = new Map<string, { endpoint: string; name: string; subscribers: number }>()
  for (const { endpoint, channels } of all)
    for (const name of channels) {
      const key = `${endpoint} ${name}`
      const count = counts.get(key)
      if (count) count.subscribers++
      else counts.set(key, { endpoint, name, subscribers: 1 })
    }
  return [...counts.values()].sort((a, b) => b.subscribers - a.subscribers)
}
